#include "varve/types.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string_view>
#include <unordered_set>

namespace {

using varve::EventId;
using varve::parse_timestamp;
using varve::Position;
using varve::Timestamp;

TEST(Ordinal, AddingStopsAtTheLargest) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(Position{3} + 4, Position{7});
    EXPECT_EQ(Position{most - 1} + 1, Position{most});
    EXPECT_EQ(Position{most - 1} + 2, Position{most});
    EXPECT_EQ(Position{most} + 0, Position{most});
    EXPECT_EQ(Position{most} + most, Position{most});
    EXPECT_EQ(Position{0} + most, Position{most});
    Position place{most - 1};
    EXPECT_EQ(++place, Position{most});
    EXPECT_EQ(++place, Position{most});
    EXPECT_EQ(Position{most} - most, Position{0});
    EXPECT_EQ(Position{7} - Position{3}, 4U);
}

TEST(Timestamp, WritesSixDecimals) {
    EXPECT_EQ(varve::to_string(Timestamp()), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(varve::to_string(Timestamp(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(varve::to_string(Timestamp(std::chrono::microseconds(951782400000123))), "2000-02-29T00:00:00.000123Z");
}

TEST(Timestamp, WritesTheFirstAndTheLastMoment) {
    EXPECT_TRUE(varve::to_string(Timestamp::min()).ends_with("T19:59:05.224192Z"))
        << varve::to_string(Timestamp::min());
    EXPECT_TRUE(varve::to_string(Timestamp::max()).ends_with("T04:00:54.775807Z"))
        << varve::to_string(Timestamp::max());
}

TEST(Timestamp, ReadsWhatItWrites) {
    for (const std::int64_t count : {0L, 1L, -1L, 1764575469000123L, 253402300799999999L, -62135596800000000L}) {
        const Timestamp time{std::chrono::microseconds(count)};
        EXPECT_EQ(parse_timestamp(varve::to_string(time)), time) << varve::to_string(time);
    }
}

TEST(Timestamp, ReadsTheUsualSpellings) {
    const auto noon = parse_timestamp("2026-11-23T12:00:00Z");
    ASSERT_TRUE(noon);
    for (const std::string_view text :
         {"2026-11-23 12:00:00", "2026-11-23T12:00", "2026-11-23t12:00:00z", "2026-11-23T13:00:00+01:00",
          "2026-11-23T06:30:00-05:30", "2026-11-23T12:00:00.000000999Z", "2026-11-23T12:00:00.0Z"}) {
        EXPECT_EQ(parse_timestamp(text), noon) << text;
    }
    EXPECT_EQ(*parse_timestamp("2026-11-23") + std::chrono::hours(12), *noon);
    EXPECT_EQ(*parse_timestamp("2026-11-23T12:00:00.5Z") - *noon, std::chrono::milliseconds(500));
}

TEST(Timestamp, RefusesWhatIsNoTime) {
    for (const std::string_view text : {"",
                                        "yesterday",
                                        "2026",
                                        "2026-11",
                                        "2026-13-01",
                                        "2026-02-29",
                                        "2026-00-10",
                                        "2026-11-31",
                                        "2026-11-23T",
                                        "2026-11-23T24:00:00",
                                        "2026-11-23T12:60:00",
                                        "2026-11-23T12:00:61",
                                        "2026-11-23T12",
                                        "2026-11-23T12:00:00.",
                                        "2026-11-23T12:00:00.0000000000Z",
                                        "2026-11-23T12:00:00+1:00",
                                        "2026-11-23T12:00:00+24:00",
                                        "2026-11-23T12:00:00Zx",
                                        " 2026-11-23",
                                        "2026-11-23 ",
                                        "+026-11-23",
                                        "2026-1-23"}) {
        EXPECT_FALSE(parse_timestamp(text)) << text;
    }
}

TEST(EventId, TextComesBack) {
    const auto id = EventId::parse("01234567-89ab-CDEF-0123-456789abcdef");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->bytes[0], 0x01);
    EXPECT_EQ(id->bytes[15], 0xef);
    EXPECT_EQ(id->to_string(), "01234567-89ab-cdef-0123-456789abcdef");
    EXPECT_FALSE(id->is_nil());
    EXPECT_TRUE(EventId::parse("00000000-0000-0000-0000-000000000000")->is_nil());
    for (const std::string_view text :
         {"", "0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcde",
          "01234567-89ab-cdef-0123-456789abcdefa", "0123456789-ab-cdef-0123-456789abcdef",
          "g1234567-89ab-cdef-0123-456789abcdef", "01234567--9ab-cdef-0123-456789abcdef"}) {
        EXPECT_FALSE(EventId::parse(text)) << text;
    }
}

TEST(EventId, RandomOnesAreVersion4AndDiffer) {
    std::set<EventId> seen;
    for (int i = 0; i < 1000; ++i) {
        const EventId id = EventId::random();
        EXPECT_EQ(id.bytes[6] >> 4, 4);
        EXPECT_EQ(id.bytes[8] >> 6, 2);
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(Ordinal, CountsAndCompares) {
    Position position{4};
    EXPECT_EQ(++position, Position(5));
    EXPECT_EQ((position + 3).value, 8U);
    EXPECT_EQ((position - 3).value, 2U);
    EXPECT_EQ(position - Position(1), 4U);
    EXPECT_LT(Position(1), Position(2));
    EXPECT_EQ(std::unordered_set<Position>({Position(1), Position(1), Position(2)}).size(), 2U);
    static_assert(!std::is_convertible_v<std::uint64_t, Position>);
    static_assert(!std::is_convertible_v<Position, varve::Revision>);
}

}  // namespace
