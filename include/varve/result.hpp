/// Errors are values. A function that can fail answers `Result<T>`: a value, or an `Error` that says what
/// happened, where, and what to do next. Nothing in the library throws across the door; only `value()` on
/// a failed result does, for programs (and examples) that prefer to stop there.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/export.hpp"

namespace varve {

/// gRPC's codes, name for name and number for number, so that the wire needs one table. What to do:
enum class Code : std::uint8_t {
    cancelled = 1,         ///< you (or a shutdown) stopped the call; nothing is wrong
    unknown = 2,           ///< a foreign error without a better code, e.g. an exception of your handler
    invalid_argument = 3,  ///< the request can never work: mend it
    deadline_exceeded =
        4,               ///< the time limit passed; a write may or may not have happened: repeat it with the same ids
    not_found = 5,       ///< no such stream, file or key
    already_exists = 6,  ///< what should be new is there already
    permission_denied = 7,    ///< the operating system or a rule forbids it
    resource_exhausted = 8,   ///< disk, queue or limit is full; nothing was written: make room, then repeat
    failed_precondition = 9,  ///< the state forbids it (a rejection of `decide`, a locked or damaged store)
    aborted = 10,             ///< a concurrent write came first: load again, decide again
    out_of_range = 11,        ///< a place beyond the end
    unimplemented = 12,       ///< nobody answers this command or query
    internal = 13,            ///< a bug of ours: please report it
    unavailable = 14,         ///< try again later; also: the outcome of a write is unknown after a failed sync
    data_loss = 15,           ///< stored bytes are damaged; run `varve verify`
    unauthenticated = 16,     ///< who are you?
};

/// `invalid_argument`, `aborted` ...: the name as written above.
[[nodiscard]] VARVE_API std::string_view to_string(Code code);

struct Conflict;  // varve/commit.hpp
struct Overlap;   // varve/commit.hpp

/// Why something failed. `message` is one sentence for a person: what, where, what to do next.
struct VARVE_API Error {
    Code code = Code::internal;
    std::string message;
    /// A stable word for programs, e.g. a rejection's `account.insufficient_funds`. Empty when the code says it all.
    std::string reason = {};
    /// Set when an append's condition failed: which stream, what was expected, what is there.
    std::shared_ptr<const Conflict> conflict = {};
    /// Set when an append was `already_exists`: which of its events are in the store, and where.
    std::shared_ptr<const Overlap> overlap = {};

    /// `aborted: stream 'account-a1' is at revision 4, expected 3; ...`
    [[nodiscard]] std::string to_string() const;

    /// The same error with `where: ` put before the message.
    [[nodiscard]] Error within(std::string_view where) &&;

    friend std::ostream& operator<<(std::ostream& out, const Error& error) { return out << error.to_string(); }
};

/// Thrown by `Result::value()` on an error, and by nothing else.
class VARVE_API Failure : public std::exception {
public:
    explicit Failure(Error error) : error_(std::move(error)), text_(error_.to_string()) {}
    ~Failure() override;
    Failure(const Failure&) = default;
    Failure& operator=(const Failure&) = default;

    [[nodiscard]] const Error& error() const { return error_; }
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    Error error_;
    std::string text_;
};

namespace detail {

/// Where a Result keeps its error: nothing, or an Error of its own on the heap. Everything but the question
/// "is there one?" is compiled once, in the library, so that a Result costs its user's compiler next to nothing.
class VARVE_API Fault {
public:
    Fault() = default;
    explicit Fault(Error&& error);
    Fault(const Fault& other) : error_(other.error_ == nullptr ? nullptr : copied(*other.error_)) {}
    /// Leaves `other` with the Error it had, its content moved out: what held an error goes on holding one.
    Fault(Fault&& other) noexcept : error_(other.error_ == nullptr ? nullptr : moved(*other.error_)) {}
    Fault& operator=(Fault&& other) noexcept {
        std::swap(error_, other.error_);
        return *this;
    }
    Fault& operator=(const Fault&) = delete;
    ~Fault() {
        if (error_ != nullptr) drop(error_);
    }

    [[nodiscard]] bool none() const { return error_ == nullptr; }
    /// Requires !none().
    // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.UndefReturn)
    [[nodiscard]] Error& error() const { return *error_; }

private:
    static Error* copied(const Error& error);
    static Error* moved(Error& error);
    static void drop(Error* error);

    Error* error_ = nullptr;
};

/// Throws Failure.
[[noreturn]] VARVE_API void fail(const Error& error);

}  // namespace detail

/// A value or an Error. Must be looked at: dropping one is a compiler warning.
/// A moved-from Result is ok or not as before, its content moved out.
/// Not synchronised: share a Result between threads as you would share an int.
template <class T = void>
class [[nodiscard("a Result says whether it worked: look at it, or call value() to throw on an error")]] Result {
    static constexpr bool is_void = std::is_void_v<T>;
    struct Nothing {};
    using Stored = std::conditional_t<is_void, Nothing, T>;

public:
    using value_type = T;

    Result()
        requires is_void
        : value_() {}
    template <class U = Stored>
        requires(!is_void && std::is_convertible_v<U, Stored> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error>)
    Result(U&& value) : value_(static_cast<Stored>(std::forward<U>(value))) {}  // NOLINT(google-explicit-constructor)
    Result(Error error) : fault_(std::move(error)), nothing_() {}               // NOLINT(google-explicit-constructor)

    Result(const Result& other)
        requires std::is_copy_constructible_v<Stored>
        : fault_(other.fault_), nothing_() {
        if (ok()) put(other.value_);
    }
    Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<Stored>)
        : fault_(std::move(other.fault_)), nothing_() {
        if (ok()) put(std::move(other.value_));
    }
    Result& operator=(const Result& other)
        requires std::is_copy_constructible_v<Stored>
    {
        *this = Result(other);
        return *this;
    }
    Result& operator=(Result&& other) noexcept(std::is_nothrow_move_constructible_v<Stored> &&
                                               std::is_nothrow_move_assignable_v<Stored>) {
        if (this == &other) return *this;
        if (!other.ok()) {
            detail::Fault taken(std::move(other.fault_));
            if (ok()) value_.~Stored();
            fault_ = std::move(taken);
        } else if (ok()) {
            value_ = std::move(other.value_);
        } else {
            put(std::move(other.value_));
            fault_ = detail::Fault();
        }
        return *this;
    }
    ~Result() {
        if (ok()) value_.~Stored();
    }

    [[nodiscard]] bool ok() const { return fault_.none(); }
    explicit operator bool() const { return ok(); }

    /// The value; throws Failure when there is an error instead.
    std::add_lvalue_reference_t<T> value() & {
        require();
        if constexpr (!is_void) return value_;
    }
    std::add_lvalue_reference_t<const T> value() const& {
        require();
        if constexpr (!is_void) return value_;
    }
    T value() && {
        require();
        if constexpr (!is_void) return std::move(value_);
    }

    /// The value, unchecked: requires ok(), and that there is a value at all (not a Result<void>).
    Stored& operator*() & { return held(*this); }
    Stored&& operator*() && { return std::move(held(*this)); }
    const Stored& operator*() const& { return held(*this); }
    Stored* operator->() { return std::addressof(held(*this)); }
    const Stored* operator->() const { return std::addressof(held(*this)); }

    /// The error; requires !ok().
    [[nodiscard]] Error& error() & { return fault_.error(); }
    [[nodiscard]] const Error& error() const& { return fault_.error(); }
    [[nodiscard]] Error&& error() && { return std::move(fault_.error()); }

    template <class U>
        requires(!is_void)
    [[nodiscard]] T value_or(U&& other) && {
        return ok() ? std::move(**this) : static_cast<T>(std::forward<U>(other));
    }

    /// On success: f(value), which answers another Result. On an error: that error.
    template <class F>
    auto and_then(F&& f) && {
        if constexpr (is_void) {
            using Next = std::invoke_result_t<F>;
            return ok() ? std::invoke(std::forward<F>(f)) : Next(std::move(*this).error());
        } else {
            using Next = std::invoke_result_t<F, T&&>;
            return ok() ? std::invoke(std::forward<F>(f), std::move(**this)) : Next(std::move(*this).error());
        }
    }

    /// On success: a Result of f(value). On an error: that error.
    template <class F>
    auto transform(F&& f) && {
        if constexpr (is_void) {
            using Next = Result<std::invoke_result_t<F>>;
            return ok() ? wrap<Next>(std::forward<F>(f)) : Next(std::move(*this).error());
        } else {
            using Next = Result<std::invoke_result_t<F, T&&>>;
            return ok() ? wrap<Next>(std::forward<F>(f), std::move(**this)) : Next(std::move(*this).error());
        }
    }

    /// On an error: f(error), which answers a Result<T>. On success: unchanged.
    template <class F>
    Result or_else(F&& f) && {
        return ok() ? std::move(*this) : Result(std::invoke(std::forward<F>(f), std::move(*this).error()));
    }

    /// On an error: the same error with `where: ` before its message.
    Result within(std::string_view where) && {
        return ok() ? std::move(*this) : Result(std::move(*this).error().within(where));
    }

    friend std::ostream& operator<<(std::ostream& out, const Result& result) {
        if (!result.ok()) return out << result.error();
        if constexpr (requires { out << std::declval<const Stored&>(); } && !is_void) {
            return out << *result;
        } else {
            return out << "ok";
        }
    }

private:
    void require() const {
        if (!ok()) detail::fail(error());
    }
    template <class Self>
    static auto& held(Self& self) {
        static_assert(!is_void, "a Result<void> holds no value: ask ok()");
        return self.value_;
    }
    template <class U>
    void put(U&& value) {
        ::new (static_cast<void*>(std::addressof(value_))) Stored(std::forward<U>(value));
    }
    template <class Next, class F, class... Args>
    static Next wrap(F&& f, Args&&... args) {
        if constexpr (std::is_void_v<typename Next::value_type>) {
            std::invoke(std::forward<F>(f), std::forward<Args>(args)...);
            return Next();
        } else {
            return Next(std::invoke(std::forward<F>(f), std::forward<Args>(args)...));
        }
    }

    detail::Fault fault_;
    union {
        Stored value_;     // NOLINT(readability-identifier-naming): private; alive while fault_.none()
        Nothing nothing_;  // NOLINT(readability-identifier-naming): private
    };
};

}  // namespace varve
