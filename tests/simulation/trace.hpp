/// What happens in a run, told step by step: to a person who replays it, and as one number that two runs of the same
/// seed must share.
#pragma once

#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace varve::simulation {

/// A promise was broken: what() says which, and how.
class Violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws a Violation unless it holds. `why` is a text or answers one.
template <class Why>
void require(bool holds, Why&& why) {
    if (holds) return;
    if constexpr (std::is_invocable_v<Why>) {
        throw Violation(why());
    } else {
        throw Violation(std::forward<Why>(why));
    }
}

class Trace {
public:
    /// `out`: where the steps are written; null: nowhere.
    explicit Trace(std::ostream* out = nullptr) : out_(out) {}

    void say(std::string_view step) {
        for (const char c : step) digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        if (out_ != nullptr) *out_ << step << '\n';
    }
    [[nodiscard]] std::uint64_t digest() const { return digest_; }

private:
    std::ostream* out_;
    std::uint64_t digest_ = 0xcbf29ce484222325;
};

}  // namespace varve::simulation
