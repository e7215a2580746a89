/// Who seals and opens personal values, and where a value stands while it is written or read. Inside of
/// varve/personal.hpp; not meant to be included by applications.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve::detail {

/// What a sealed value is bound to: it opens at no other place.
struct SealPlace {
    std::string_view subject;  ///< when opening, empty: whosever it is
    std::string_view event;
    std::string_view field;
};

/// What a key store does for Personal values. Safe from any thread.
class VARVE_API Sealer {
public:
    Sealer() = default;
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;
    virtual ~Sealer();

    /// The token of a clear text; a subject without a key gets one, which is durable when this answers.
    /// `failed_precondition`: the subject is forgotten.
    virtual Result<std::string> seal(const SealPlace& place, std::string_view clear) = 0;
    /// The clear text. `not_found` with the reason `personal.forgotten`; `data_loss` (damaged, or from another place);
    /// `failed_precondition` (no such key here).
    virtual Result<std::string> open(const SealPlace& place, std::string_view token) const = 0;
    /// Was the key of this token destroyed?
    [[nodiscard]] virtual bool forgotten(std::string_view token) const = 0;
};

/// A value as it is stored, and who opens it. Without a token: the value was forgotten before it was stored.
struct SealedValue {
    std::shared_ptr<Sealer> keys;
    std::string token;
    std::string subject;  ///< empty: whoever has the key
    std::string event;
    std::string field;
};

/// Where in a document the reader or writer is, as far as personal values need to know.
struct PersonalPlaces {
    /// The event that is read or written; empty: it is no event, so values carry with them what they are bound to.
    std::string event;
    std::string path;   ///< `to.street`
    std::string owner;  ///< writing: the innermost struct with a subject, and what that says
    std::string subject;
    std::vector<std::shared_ptr<SealedValue>> unowned;  ///< reading: values that wait for their subject
    Code code = Code::invalid_argument;                 ///< of what went wrong
    std::string reason;
};

/// One field further in, for as long as it lives.
class PersonalStep {
public:
    PersonalStep(PersonalPlaces& places, std::string_view field) : path_(places.path), length_(path_.size()) {
        if (length_ > 0) path_ += '.';
        path_ += field;
    }
    PersonalStep(const PersonalStep&) = delete;
    PersonalStep& operator=(const PersonalStep&) = delete;
    ~PersonalStep() { path_.resize(length_); }

private:
    std::string& path_;
    std::size_t length_;
};

/// The value behind it. `not_found`: there is none (reason `personal.empty`), or it is gone (`personal.forgotten`);
/// other errors as Sealer::open.
[[nodiscard]] VARVE_API Result<std::string> open_sealed(const SealedValue* value);
[[nodiscard]] VARVE_API bool is_forgotten(const SealedValue* value);
/// Seals with the keys of this thread. The error of an empty subject, and those of Sealer::seal.
[[nodiscard]] VARVE_API Result<std::shared_ptr<const SealedValue>> seal_here(const SealPlace& place,
                                                                             std::string_view clear);
/// The same for memory that lasts: of a subject that was forgotten, the value is gone. Throws Failure on other errors.
[[nodiscard]] VARVE_API std::shared_ptr<const SealedValue> sealed_to_keep(const SealPlace& place,
                                                                          std::string_view clear);
/// Overwrites a text that was clear.
VARVE_API void wipe(std::string& text);

}  // namespace varve::detail

namespace varve {

/// For as long as it lives, this thread reads and writes personal values with the keys of an App, where that does not
/// see to it: see App::keys_here. Lives on the stack; the last one made counts.
class VARVE_API KeysHere {
public:
    /// nullptr: no keys.
    explicit KeysHere(std::shared_ptr<detail::Sealer> keys);
    KeysHere(const KeysHere&) = delete;
    KeysHere& operator=(const KeysHere&) = delete;
    ~KeysHere();

    /// Inside: the keys of this thread now; whether a test reads and writes in clear; whether nothing personal is written.
    [[nodiscard]] static const std::shared_ptr<detail::Sealer>& now();
    [[nodiscard]] static bool clear_now();
    [[nodiscard]] static bool left_out_now();

protected:
    struct Clear {};
    explicit KeysHere(Clear);
    struct LeftOut {};
    explicit KeysHere(LeftOut);

private:
    std::shared_ptr<detail::Sealer> keys_;
    bool clear_ = false;
    bool left_out_ = false;
    const KeysHere* before_;
};

/// For as long as it lives, this thread writes `null` in the place of every personal value: what is written then says
/// nothing of them, and is the same each time.
class PersonalLeftOut : public KeysHere {
public:
    PersonalLeftOut() : KeysHere(LeftOut{}) {}
};

}  // namespace varve
