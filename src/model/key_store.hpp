/// Keys by subject: made when a subject is first sealed for, destroyed when it is forgotten. The keys themselves are
/// only in the file, wrapped, and in the hands of whoever opens a value at this moment: nothing else has to forget.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "model/key_file.hpp"
#include "varve/detail/seal.hpp"
#include "varve/keys.hpp"

namespace varve {

class KeyStore final : public detail::Sealer {
public:
    enum class Standing : std::uint8_t { unknown, known, forgotten };

    static Result<std::shared_ptr<KeyStore>> open(std::shared_ptr<io::Files> files, const std::string& path,
                                                  const KeyOptions& options);

    /// Says whose keys these are; done before an App uses them. `failed_precondition`: they are another store's.
    Result<> belong_to(const std::string& store);

    Result<std::string> seal(const detail::SealPlace& place, std::string_view clear) override;
    Result<std::string> open(const detail::SealPlace& place, std::string_view token) const override;
    [[nodiscard]] bool forgotten(std::string_view token) const override;

    [[nodiscard]] Standing standing(std::string_view subject) const;
    /// Overwrites the key and bars the subject, durably; one that is unknown is barred too. Repeating it does nothing.
    Result<> forget(const std::string& subject);
    [[nodiscard]] KeyCounts counts() const;
    /// Moves with each key that is destroyed, before forget answers: what was read with it earlier may be gone now.
    [[nodiscard]] std::uint64_t forgets() const { return forgets_.load(std::memory_order_acquire); }
    Result<> copy_to(const std::string& path) const;

private:
    struct Place {
        std::uint64_t slot = 0;
        bool forgotten = false;
        std::uint64_t written = 0;  ///< of writes_: it is durable when synced_ is not less
    };
    struct HashId {
        std::size_t operator()(const KeyId& id) const {
            std::size_t value = 0;
            std::memcpy(&value, id.data(), sizeof value);
            return value;
        }
    };

    KeyStore(std::unique_ptr<KeyFile> file, crypto::GuardedKey master, bool adopt)
        : file_(std::move(file)), master_(std::move(master)), adopt_(adopt) {}
    Result<> read_all();
    /// Finds the subject's slot, or gives it one.
    Result<Place> place_for(const std::string& subject);
    Result<Place> add(const std::string& subject);
    Result<> sync_through(std::uint64_t write);
    Result<KeySlot> read(const Place& place) const;
    Result<> unwrap(const KeySlot& slot, crypto::Key& key) const;
    [[nodiscard]] Error broken() const;

    std::unique_ptr<KeyFile> file_;
    crypto::GuardedKey master_;
    bool adopt_;

    mutable std::shared_mutex mutex_;  ///< the two maps, writing slots, and damaged_
    std::unordered_map<std::string, Place> subjects_;
    std::unordered_map<KeyId, std::string, HashId> ids_;
    std::uint64_t damaged_ = 0;
    std::uint64_t forgotten_ = 0;
    std::atomic<std::uint64_t> writes_ = 0;
    std::atomic<std::uint64_t> forgets_ = 0;

    std::mutex sync_mutex_;
    std::uint64_t synced_ = 0;
    std::atomic<bool> broken_ = false;  ///< a write or sync failed: what is on the disk is not known any more
};

}  // namespace varve
