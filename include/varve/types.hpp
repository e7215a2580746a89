/// The small value types every other header speaks in: places in the log, identities, time.
/// All are plain values: copying is cheap, any thread may use its own copy.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "varve/export.hpp"

namespace varve {

/// A counted place that cannot be mixed up with another kind of place: construction is explicit,
/// and so is the way back (`value`). `Kind` is never defined; it only tells two ordinals apart.
/// No event ever has the largest value: it stands for a place beyond every other, and adding stops there.
template <class Kind>
struct Ordinal {
    std::uint64_t value = 0;

    constexpr Ordinal() = default;
    constexpr explicit Ordinal(std::uint64_t v) : value(v) {}

    friend constexpr auto operator<=>(Ordinal, Ordinal) = default;
    friend constexpr Ordinal operator+(Ordinal a, std::uint64_t n) {
        constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
        return Ordinal{n < most - a.value ? a.value + n : most};
    }
    /// Requires n <= a.value.
    friend constexpr Ordinal operator-(Ordinal a, std::uint64_t n) { return Ordinal{a.value - n}; }
    friend constexpr std::uint64_t operator-(Ordinal a, Ordinal b) { return a.value - b.value; }
    constexpr Ordinal& operator++() { return *this = *this + 1; }
    friend std::ostream& operator<<(std::ostream& out, Ordinal o) { return out << o.value; }
};

/// The place of an event in the whole store: 0, 1, 2 ... dense and gapless when assigned, the total order.
using Position = Ordinal<struct PositionKind>;

/// The place of an event in its stream: 0, 1, 2 ...
using Revision = Ordinal<struct RevisionKind>;

/// A moment in UTC, to the microsecond. The store's commit times never go back, whatever the clock does.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// `2026-11-23T07:51:09.000123Z`, always with six decimals, so that texts sort like the moments.
[[nodiscard]] VARVE_API std::string to_string(Timestamp time);

/// Reads RFC 3339 (`2026-11-23T07:51:09.5Z`, `2026-11-23T08:51:09+01:00`), also with a space for the `T`,
/// without fraction, and a bare date (`2026-11-23` = its first instant in UTC; no offset means UTC).
/// Nothing when the text is none of these.
[[nodiscard]] VARVE_API std::optional<Timestamp> parse_timestamp(std::string_view text);

/// The identity of an event: 16 bytes in the order of the RFC 9562 text. The nil id (all zero) means
/// "not given": the store then draws a random one (version 4).
struct VARVE_API EventId {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] constexpr bool is_nil() const { return *this == EventId{}; }
    friend constexpr auto operator<=>(const EventId&, const EventId&) = default;

    /// A random (version 4) id from the operating system's randomness. Safe from any thread.
    [[nodiscard]] static EventId random();
    /// Reads `8-4-4-4-12` hex digits, either case. Nothing when the text is anything else.
    [[nodiscard]] static std::optional<EventId> parse(std::string_view text);
    /// `8-4-4-4-12` in lower case.
    [[nodiscard]] std::string to_string() const;

    friend std::ostream& operator<<(std::ostream& out, const EventId& id) { return out << id.to_string(); }
};

}  // namespace varve

template <class Kind>
struct std::hash<varve::Ordinal<Kind>> {
    std::size_t operator()(varve::Ordinal<Kind> o) const noexcept { return std::hash<std::uint64_t>{}(o.value); }
};
