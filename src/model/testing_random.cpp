#include "varve/testing_random.hpp"

#include <fmt/format.h>

#include <array>

namespace varve::testing {

std::uint64_t Random::next() {
    // SplitMix64: every seed will do, and its numbers are the same everywhere.
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t number = state_;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
    number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
    return number ^ (number >> 31);
}

std::uint64_t Random::below(std::uint64_t count) {
    return next() % count;
}

std::string Random::text() {
    static constexpr std::array<std::string_view, 6> hard = {
        "", "\"quoted\\\"", "a-b c", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xb1", "\n\t\x01", "null"};
    if (range_ == Range::full && once_in(2)) return std::string(hard[below(hard.size())]);
    return std::string(1, static_cast<char>('a' + below(3)));
}

std::int64_t Random::small_number() {
    return static_cast<std::int64_t>(below(24)) - 3;
}

Timestamp Random::time() {
    static constexpr Timestamp first = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    return first + std::chrono::hours(below(1000)) + std::chrono::microseconds(below(3));
}

EventId Random::id() {
    EventId id;
    id.bytes.fill(static_cast<std::uint8_t>(1 + below(4)));
    return id;
}

void Random::refuse(std::string_view type) {
    throw Failure(Error{.code = Code::invalid_argument,
                        .message = fmt::format("the codec of {} refuses every value that was made up for it; give the "
                                               "property a history of your own",
                                               type)});
}

}  // namespace varve::testing
