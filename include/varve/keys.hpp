/// The key store: the keys of personal data, in a file of its own, apart from the log.
///
///     auto keys = varve::open_keys("./crm.keys", {.passphrase = from_the_environment}).value();
///     varve::App crm{varve::open("./crm").value(), keys};
///
/// Whoever has the log and not this file has sealed values only; a lost key file is lost personal data. So it is backed
/// up too, elsewhere, and its backups are kept no longer than a forgotten value may be recoverable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve {

class KeyStore;

/// How a key file is opened. One that is protected must be given the same again; neither: its bytes are the keys.
struct KeyOptions {
    std::string passphrase = {};  ///< of people: the file is protected with Argon2id of it
    std::string key = {};         ///< 32 bytes, e.g. from a key management service
    bool create = true;           ///< make the file when it is not there; false: `not_found`
    /// The store goes on from the one that the keys were made for: it was restored from a backup, or forked. The file
    /// belongs to this store from then on.
    bool adopt = false;
};

/// What is in a key store.
struct KeyCounts {
    std::uint64_t subjects = 0;   ///< with a key
    std::uint64_t forgotten = 0;  ///< whose key was destroyed
    std::uint64_t damaged = 0;    ///< places in the file that cannot be read; each may have held a key
};

/// A handle to an open key store; copies share it. Safe from any thread. It closes with its last handle, App and
/// personal value. One process has it open at a time.
class VARVE_API Keys {
public:
    explicit Keys(std::shared_ptr<KeyStore> store) : store_(std::move(store)) {}

    [[nodiscard]] KeyCounts counts() const;
    /// Was this subject forgotten?
    [[nodiscard]] bool forgotten(std::string_view subject) const;
    /// A copy of the file as it is now, whole and durable, at a path where nothing is yet, protected as the file is.
    /// Errors: `already_exists`, `resource_exhausted`, `permission_denied`.
    Result<> backup(const std::string& path) const;

    /// Inside: the store behind it.
    [[nodiscard]] const std::shared_ptr<KeyStore>& store() const { return store_; }

private:
    std::shared_ptr<KeyStore> store_;
};

/// Opens a key file, or makes one that only its owner may read (0600). `memory:` is gone with its last handle.
/// Errors: `permission_denied` (the passphrase or key is not the one, or the file may not be read),
/// `invalid_argument` (it is protected and none was given, or the other way round), `data_loss` (no key file, or a
/// damaged one: take a backup), `failed_precondition` (another process has it open, or a newer version wrote it),
/// `not_found`, `unavailable`.
[[nodiscard]] VARVE_API Result<Keys> open_keys(const std::string& path, const KeyOptions& options = {});

/// What App::forget records: this subject was forgotten. A projection or process that lists it in its Events hears of it
/// at its place in the order, e.g. to take out a row that means nothing any more.
struct Forgotten {
    static constexpr std::string_view type = "varve.forgotten";
    std::string subject;
};

}  // namespace varve
