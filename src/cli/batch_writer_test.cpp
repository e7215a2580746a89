#include "cli/batch_writer.hpp"

#include <gtest/gtest.h>

namespace varve::cli {
namespace {

Commit commit_of(int events, const std::string& stream = "s", Expected expected = Expected::any()) {
    std::vector<NewEvent> added(static_cast<std::size_t>(events),
                                NewEvent{.stream = stream, .type = "T", .data = "{}"});
    return Commit{}.append(stream, expected, std::move(added));
}

TEST(BatchWriter, CountsWhatIsStored) {
    Store store = open("memory:").value();
    BatchWriter writer(store);
    writer.submit(commit_of(3), {.first = 1, .last = 4}).value();
    writer.submit(commit_of(2), {.first = 5, .last = 6}).value();
    EXPECT_EQ(writer.stored(), 3U) << "the second is still under way, as far as the writer knows";
    EXPECT_EQ(writer.last_line(), 4U);
    writer.settle().value();
    EXPECT_EQ(writer.stored(), 5U);
    EXPECT_EQ(writer.last_line(), 6U);
    EXPECT_EQ(store.head(), Position(5));
}

TEST(BatchWriter, NothingIsHandedOverAfterAFailure) {
    Store store = open("memory:").value();
    BatchWriter writer(store);
    writer.submit(commit_of(1), {.first = 1, .last = 1}).value();
    writer.submit(commit_of(1, "s", Expected::none()), {.first = 2, .last = 2}).value();
    const Result<> third = writer.submit(commit_of(1), {.first = 3, .last = 3});
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Code::aborted);
    ASSERT_TRUE(writer.failed());
    EXPECT_EQ(writer.failed()->first, 2U);
    EXPECT_EQ(writer.last_line(), 1U);
    EXPECT_EQ(store.head(), Position(1));
    EXPECT_TRUE(writer.settle()) << "nothing is under way any more";
}

TEST(BatchWriter, PassesOverWhatIsThere) {
    Store store = open("memory:").value();
    Commit first = commit_of(3);
    for (NewEvent& event : first.events) event.id = EventId::random();
    Commit second = commit_of(1);
    second.events.insert(second.events.end(), first.events.begin() + 1, first.events.end());
    Commit elsewhere = commit_of(1, "other");
    elsewhere.events[0].id = first.events[0].id;
    BatchWriter writer(store);
    writer.submit(first, {.first = 1, .last = 3}).value();
    writer.submit(first, {.first = 4, .last = 6}).value();
    writer.submit(second, {.first = 7, .last = 9}).value();
    writer.submit(elsewhere, {.first = 10, .last = 10}).value();
    const Result<> last = writer.settle();
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, Code::already_exists);
    EXPECT_EQ(writer.stored(), 4U);
    EXPECT_EQ(writer.repeated(), 5U);
    EXPECT_EQ(writer.last_line(), 9U);
    EXPECT_EQ(store.head(), Position(4));
}

}  // namespace
}  // namespace varve::cli
