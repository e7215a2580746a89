/// Fields that are about a person and can be forgotten: sealed in the log, with a key for each subject.
///
///     struct ContactAdded {
///         std::string contact;
///         varve::Personal<std::string> name, email;
///         std::string subject() const { return contact; }      // whose name and email these are
///     };
///     varve::App crm{varve::open("./crm").value(), varve::open_keys("./crm.keys").value()};
///     crm.send(AddContact{"contact-7", "Ada", "ada@example.org"});
///     crm.load<Contact>("contact-7")->state.name.value_or("(forgotten)");   // Ada
///     crm.forget("contact-7");                                               // the events stay, the values are gone
///
/// docs/personal-data.md tells what is sealed, what forgetting reaches and what it cannot reach.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/detail/holds_personal.hpp"
#include "varve/detail/seal.hpp"
#include "varve/json.hpp"
#include "varve/result.hpp"

namespace varve {

namespace detail {
/// Says nothing of the value itself.
[[nodiscard]] VARVE_API Error unfit_clear(const SealedValue* value);
}  // namespace detail

/// A personal value: empty, or clear (as it was given, and not stored yet), or sealed (as it comes out of an event).
/// A sealed one is opened each time that it is read, so that nothing but the key has to be destroyed: copies of it in
/// states, rows and caches forget at the same moment. There is deliberately no way to print it as it is.
/// T is anything with a JSON form. Copies of a sealed value are cheap and share it. As safe from threads as a T.
template <class T>
class Personal {
public:
    using value_type = T;

    /// Empty: nobody has given a value. Stored as `null`.
    Personal() = default;
    /// Clear, to be sealed when it is stored.
    template <class U = T>
        requires(std::constructible_from<T, U &&> && !std::same_as<std::remove_cvref_t<U>, Personal>)
    Personal(U&& value) : clear_(std::in_place, std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

    /// The value, or why there is none: `not_found` with the reason `personal.empty` or `personal.forgotten`;
    /// `data_loss` (it is damaged, or was moved here from another event, field or subject); `failed_precondition` (the
    /// key store does not have its key, and never destroyed it: it is older than the event, or another one).
    [[nodiscard]] Result<T> open() const {
        if (clear_) return *clear_;
        Result<std::string> text = detail::open_sealed(sealed_.get());
        if (!text.ok()) return std::move(text).error();
        Result<T> value = from_json<T>(*text);
        detail::wipe(*text);
        if (!value.ok()) return detail::unfit_clear(sealed_.get());
        return value;
    }
    /// The value; the other one where open() answers an error, whichever.
    [[nodiscard]] T value_or(T other) const {
        Result<T> opened = open();
        return opened.ok() ? std::move(*opened) : std::move(other);
    }
    /// The subject was forgotten, and the value with it.
    [[nodiscard]] bool forgotten() const { return detail::is_forgotten(sealed_.get()); }
    /// There never was a value.
    [[nodiscard]] bool empty() const { return !clear_ && !sealed_; }

    /// Both empty, both forgotten, or both open to equal values.
    friend bool operator==(const Personal& a, const Personal& b)
        requires std::equality_comparable<T>
    {
        if (a.empty() || b.empty()) return a.empty() && b.empty();
        const Result<T> left = a.open();
        const Result<T> right = b.open();
        if (left.ok() && right.ok()) return *left == *right;
        return a.forgotten() && b.forgotten();
    }

    /// Inside: the value that is not sealed yet; the sealed one, nullptr when there is none; seals what is clear.
    [[nodiscard]] const T* clear() const { return clear_ ? &*clear_ : nullptr; }
    [[nodiscard]] const std::shared_ptr<const detail::SealedValue>& sealed() const { return sealed_; }
    void become(std::shared_ptr<const detail::SealedValue> sealed) {
        clear_.reset();
        sealed_ = std::move(sealed);
    }

private:
    std::optional<T> clear_;
    std::shared_ptr<const detail::SealedValue> sealed_;
};

namespace detail {

// In src/base/personal.cpp.
VARVE_API bool write_clear(std::string& out, std::string_view clear, JsonTrouble& trouble);
VARVE_API bool write_sealed(std::string& out, const SealedValue* value, JsonTrouble& trouble);
/// Finds the clear text, which tests leave as it is, or makes a sealed value; neither: empty.
VARVE_API bool read_sealed(JsonValue from, std::optional<JsonValue>& clear, std::shared_ptr<const SealedValue>& sealed,
                           JsonTrouble& trouble);
/// A clear value in a place that lasts, and nobody said whose it is.
[[noreturn]] VARVE_API void refuse_clear(std::string_view owner);

template <class T>
bool write_personal(const Personal<T>& value, ValueOut& out, JsonTrouble& trouble) {
    static_assert(!holds_personal<T>,
                  "varve: a Personal inside of a Personal is sealed already; take one of them away");
    std::string json;
    bool written = false;
    if (const T* clear = value.clear()) {
        Result<std::string> text = to_json(*clear);
        if (!text.ok()) return trouble.say("the personal value has no JSON form");
        written = write_clear(json, *text, trouble);
        wipe(*text);
    } else {
        written = write_sealed(json, value.sealed().get(), trouble);
    }
    if (written) out.json(json);
    wipe(json);
    return written;
}

template <class T>
bool read_personal(Personal<T>& value, JsonValue from, JsonTrouble& trouble) {
    std::optional<JsonValue> clear;
    std::shared_ptr<const SealedValue> sealed;
    if (!read_sealed(from, clear, sealed, trouble)) return false;
    if (clear) {
        return read_new<T>(*clear, trouble, [&](T&& read) { value = Personal<T>(std::move(read)); });
    }
    value.become(std::move(sealed));
    return true;
}

/// Seals whatever is clear in a row or state: memory that lasts holds personal values only sealed, so that they can be
/// forgotten. Throws Failure: it is caught where the handler is called.
template <class T>
void settle(T& object) {
    if constexpr (holds_personal<T>) {
        if (KeysHere::clear_now()) return;
        const auto seal = [&]<class V>(Personal<V>& value) {
            if (value.clear() == nullptr) return;
            if constexpr (HasSubject<T>) {
                std::string text = to_json(*value.clear()).value();
                value.become(sealed_to_keep({subject_of(object), stored_name<T>(), {}}, text));
                wipe(text);
            } else {
                refuse_clear(reflect::type_name<T>());
            }
        };
        for_each_personal(object, seal);
    }
}

}  // namespace detail
}  // namespace varve
