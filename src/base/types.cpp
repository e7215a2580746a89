#include "varve/types.hpp"

#include <sys/random.h>

#include <cstdio>
#include <cstring>

#include "base/forks.hpp"

namespace varve {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Reads the digits, separators and fraction of a timestamp from the front of a text.
class TimeText {
public:
    explicit TimeText(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }
    [[nodiscard]] bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<int> number(std::size_t digits) {
        if (rest_.size() < digits) return {};
        int value = 0;
        for (const char c : rest_.substr(0, digits)) {
            if (c < '0' || c > '9') return {};
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }
    /// Up to nine digits after the point, as microseconds (what is finer is cut off).
    std::optional<std::chrono::microseconds> fraction() {
        std::int64_t value = 0;
        std::size_t digits = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), ++digits) {
            if (digits < 6) value = value * 10 + (rest_.front() - '0');
        }
        if (digits == 0 || digits > 9) return {};
        for (; digits < 6; ++digits) value *= 10;
        return std::chrono::microseconds(value);
    }

private:
    std::string_view rest_;
};

/// `Z`, `+hh:mm`, `-hh:mm`, or nothing (UTC).
std::optional<std::chrono::minutes> offset_from_utc(TimeText& text) {
    if (text.done() || text.take("Zz")) return std::chrono::minutes(0);
    const bool east = text.next_is('+');
    if (!text.take("+-")) return {};
    const auto hours = text.number(2);
    if (!hours || !text.take(":")) return {};
    const auto minutes = text.number(2);
    if (!minutes || *hours > 23 || *minutes > 59) return {};
    const std::chrono::minutes offset(*hours * 60 + *minutes);
    return east ? offset : -offset;
}

}  // namespace

std::string to_string(Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    // Not `time - day`: the first day of all begins before the first moment there is.
    constexpr std::chrono::microseconds whole_day = std::chrono::days(1);
    const std::chrono::hh_mm_ss clock((time.time_since_epoch() % whole_day + whole_day) % whole_day);
    char text[64];
    const int length =
        std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return {text, static_cast<std::size_t>(length)};
}

std::optional<Timestamp> parse_timestamp(std::string_view whole) {
    TimeText text(whole);
    const auto year = text.number(4);
    if (!year || !text.take("-")) return {};
    const auto month = text.number(2);
    if (!month || !text.take("-")) return {};
    const auto day = text.number(2);
    if (!day) return {};
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return {};
    Timestamp time = std::chrono::sys_days(date);
    if (text.done()) return time;

    if (!text.take("Tt ")) return {};
    const auto hour = text.number(2);
    if (!hour || !text.take(":")) return {};
    const auto minute = text.number(2);
    if (!minute) return {};
    int second = 0;
    if (text.take(":")) {
        const auto seconds = text.number(2);
        if (!seconds) return {};
        second = *seconds;
    }
    if (*hour > 23 || *minute > 59 || second > 60) return {};
    time += std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(second);
    if (text.take(".")) {
        const auto fraction = text.fraction();
        if (!fraction) return {};
        time += *fraction;
    }
    const auto offset = offset_from_utc(text);
    if (!offset || !text.done()) return {};
    return time - *offset;
}

EventId EventId::random() {
    // One system call fills 64 ids. A forked child must not repeat its parent's ids.
    static thread_local std::array<std::uint8_t, sizeof(EventId) * 64> pool;
    static thread_local std::size_t used = pool.size();
    static thread_local std::uint32_t owner = fork_generation();
    if (const std::uint32_t self = fork_generation(); used == pool.size() || owner != self) {
        std::size_t filled = 0;
        while (filled < pool.size()) {
            const ssize_t got = getrandom(pool.data() + filled, pool.size() - filled, 0);
            if (got > 0) filled += static_cast<std::size_t>(got);
        }
        used = 0;
        owner = self;
    }
    EventId id;
    std::memcpy(id.bytes.data(), pool.data() + used, id.bytes.size());
    used += id.bytes.size();
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

std::optional<EventId> EventId::parse(std::string_view text) {
    if (text.size() != 36) return {};
    EventId id;
    std::size_t byte = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i++] != '-') return {};
            continue;
        }
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return {};
        id.bytes[byte++] = static_cast<std::uint8_t>(high * 16 + low);
        i += 2;
    }
    return id;
}

std::string EventId::to_string() const {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

}  // namespace varve
