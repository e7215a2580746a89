#include "wire/answers.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace varve::wire {
namespace {

TEST(WireAnswers, errors_keep_their_particulars) {
    Error error{.code = Code::aborted, .message = "no", .reason = "why"};
    error.conflict = std::make_shared<const Conflict>(Conflict{.stream = "s",
                                                               .expected = Expected::exact(Revision{3}),
                                                               .actual = Revision{0},
                                                               .condition = 2,
                                                               .state = StreamState::deleted,
                                                               .query = {{{.tags = {"x"}}}},
                                                               .found = Position{9}});
    error.overlap = std::make_shared<const Overlap>(Overlap{
        {{.event = 1, .id = EventId::random(), .stream = "t", .revision = Revision{4}, .position = Position{8}}}});
    const Error again = error_of(static_cast<std::uint32_t>(error.code), error.message, details_of(error));
    EXPECT_EQ(again.code, Code::aborted);
    EXPECT_EQ(again.message, "no");
    EXPECT_EQ(again.reason, "why");
    ASSERT_NE(again.conflict, nullptr);
    EXPECT_EQ(again.conflict->expected, Expected::exact(Revision{3}));
    EXPECT_EQ(again.conflict->actual, Revision{0});
    EXPECT_EQ(again.conflict->state, StreamState::deleted);
    EXPECT_EQ(again.conflict->found, Position{9});
    EXPECT_EQ(again.conflict->after, std::nullopt);
    EXPECT_EQ(again.conflict->query, error.conflict->query);
    ASSERT_NE(again.overlap, nullptr);
    EXPECT_EQ(again.overlap->known, error.overlap->known);
}

TEST(WireAnswers, a_plain_error_needs_no_details_and_garbage_is_none) {
    EXPECT_EQ(details_of(Error{.code = Code::not_found, .message = "m"}), "");
    EXPECT_EQ(error_of(5, "m", "garbage").code, Code::not_found);
    EXPECT_EQ(error_of(99, "m", "").code, Code::unknown);
}

TEST(WireAnswers, a_stream_and_a_store_come_back_as_they_went) {
    const StreamRetention retention{
        .state = StreamState::live,
        .first = Revision{1},
        .last = Revision{9},
        .keeps = {.max_count = 9, .max_age = std::chrono::seconds(60), .truncate_before = Revision{1}},
        .settings = "{}",
        .settings_revision = Revision{0}};
    v1::Retention message;
    put(retention, message);
    EXPECT_EQ(retention_of(message), retention);
    EXPECT_EQ(retention_of(v1::Retention()), StreamRetention());

    StoreInfo info;
    info.engine = "folder";
    info.events = 7;
    info.first_time = parse_timestamp("2026-11-23T07:51:09Z");
    info.durability = Durability::volatile_;
    info.digest = "7:ab";
    v1::Info told;
    put(info, told);
    const StoreInfo again = info_of(told);
    EXPECT_EQ(again.events, 7U);
    EXPECT_EQ(again.first_time, info.first_time);
    EXPECT_EQ(again.last_time, std::nullopt);
    EXPECT_EQ(again.durability, Durability::volatile_);
    EXPECT_EQ(again.digest, "7:ab");
}

}  // namespace
}  // namespace varve::wire
