// The faulty twin loses what it may lose, and nothing else.
#include "index/faulty_home.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace varve::index {
namespace {

Result<> apply(Index& index, std::uint64_t position) {
    const std::vector<Entry> entries{{.position = Position{position}, .revision = Revision{position}, .stream = "s-1"}};
    return index.apply(entries,
                       {.next = Position{position + 1}, .sequence = position + 1, .chain = {}, .store_id = {}});
}

TEST(FaultyHome, ACrashTakesTheLatestBatchesButNoneThatWasFlushed) {
    std::set<std::uint64_t> kept;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        FaultyHome home(seed);
        const auto index = home.open(false).value();
        for (std::uint64_t i = 0; i < 6; ++i) {
            ASSERT_TRUE(apply(*index, i).ok());
            if (i == 1) {
                ASSERT_TRUE(index->flush().ok());
            }
        }
        home.crash();
        EXPECT_EQ(apply(*index, 6).error().code, Code::unavailable);
        const auto again = home.open(false).value();
        const std::uint64_t next = again->watermark().value().next.value;
        kept.insert(next);
        std::vector<Position> positions;
        ASSERT_TRUE(again->stream_positions("s-1", Revision{0}, 10, positions).ok());
        EXPECT_EQ(positions.size(), next);
    }
    EXPECT_EQ(kept, (std::set<std::uint64_t>{2, 3, 4, 5, 6}));
}

TEST(FaultyHome, IsOpenForWritingOnce) {
    FaultyHome home(1);
    auto index = home.open(false).value();
    EXPECT_EQ(home.open(false).error().code, Code::failed_precondition);
    EXPECT_EQ(home.destroy().error().code, Code::failed_precondition);
    EXPECT_TRUE(home.open(true).ok());
    index.reset();
    EXPECT_TRUE(home.open(false).ok());
}

TEST(FaultyHome, FailsWhenTold) {
    FaultyHome home(1);
    home.fail(2, Code::resource_exhausted);
    const auto index = home.open(false).value();
    EXPECT_EQ(apply(*index, 0).error().code, Code::resource_exhausted);
    EXPECT_TRUE(apply(*index, 0).ok());
    home.damage();
    EXPECT_EQ(home.open(true).error().code, Code::data_loss);
}

TEST(FaultyHome, ACopyIsItsOwn) {
    FaultyHome home(1);
    const auto index = home.open(false).value();
    ASSERT_TRUE(apply(*index, 0).ok());
    ASSERT_TRUE(index->flush().ok());
    const auto copy = home.copy(2);
    const auto other = copy->open(false).value();
    ASSERT_TRUE(apply(*other, 1).ok());
    EXPECT_EQ(index->watermark().value().next, Position{1});
    EXPECT_EQ(other->watermark().value().next, Position{2});
}

}  // namespace
}  // namespace varve::index
