#include "engine/known_ids.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "log/record.hpp"

namespace varve::engine {
namespace {

EventId id(std::uint8_t number) {
    EventId each;
    each.bytes[15] = number;
    each.bytes[0] = 1;
    return each;
}

/// The commit of one event with this number, which is also its command id.
std::string commit_of(std::uint8_t number) {
    Commit commit{.events = {{.stream = "s-1", .type = "T", .id = id(number)}}};
    commit.command_id = std::to_string(number);
    return log::encode(commit).bytes;
}

/// Blocks of one commit each, numbered as their positions.
class ShortPast final : public Past {
public:
    void grow() {
        payloads_.push_back(commit_of(static_cast<std::uint8_t>(payloads_.size())));
        ++end_;
    }
    Position end() const override { return end_; }
    Result<std::unique_ptr<log::BlockReader>> blocks(Position position) override {
        ++readings_;
        return std::unique_ptr<log::BlockReader>(std::make_unique<Reader>(*this, position.value));
    }
    Result<> events(std::span<const Position>, const std::function<void(const Event&)>&) override { return {}; }

    void fail_at(std::optional<std::size_t> block) { failing_ = block; }
    [[nodiscard]] int readings() const { return readings_; }

private:
    class Reader final : public log::BlockReader {
    public:
        Reader(const ShortPast& past, std::size_t at) : past_(past), at_(at) {}
        Result<const log::Block*> next() override {
            if (at_ == past_.payloads_.size()) return static_cast<const log::Block*>(nullptr);
            if (past_.failing_ == at_) return Error{Code::data_loss, "a damaged block"};
            block_ = log::make_block({.sequence = at_, .next = Position{at_}, .time = {}, .chain = {}}, 1, {}, 1, 1,
                                     past_.payloads_[at_]);
            ++at_;
            return &block_;
        }

    private:
        const ShortPast& past_;
        std::size_t at_;
        log::Block block_;
    };

    std::deque<std::string> payloads_;
    Position end_;
    std::optional<std::size_t> failing_;
    int readings_ = 0;
};

class KnownIdsTest : public ::testing::Test {
protected:
    static std::shared_ptr<ShortPast> ten_events() {
        auto past = std::make_shared<ShortPast>();
        for (int n = 0; n < 10; ++n) past->grow();
        return past;
    }
    static Pending nothing_pending(Position next) {
        static const Group empty;
        return {.writing = nullptr, .open = &empty, .next = next};
    }
    std::vector<Position> of_event(std::uint8_t number, Position end) const {
        std::vector<Position> found;
        const std::vector<std::uint64_t> hashes = {known_.hash(id(number))};
        known_.find_events(hashes, end, [&](std::size_t, Position position) { found.push_back(position); });
        return found;
    }
    std::vector<Position> of_command(const std::string& command_id, Position end) const {
        std::vector<Position> found;
        known_.find_command(command_id, end, [&](Position position) { found.push_back(position); });
        return found;
    }

    std::shared_ptr<ShortPast> past_ = ten_events();
    KnownIds known_{past_, 6, 1};
};

TEST_F(KnownIdsTest, AnEmptyLogNeedsNoReading) {
    KnownIds known(std::make_shared<ShortPast>(), 6, 1);
    EXPECT_TRUE(known.ready(nothing_pending({})).value());
}

TEST_F(KnownIdsTest, ReadsTheEndOfTheLogAndWhatComesMeanwhile) {
    EXPECT_FALSE(known_.ready(nothing_pending(Position{10})).value());
    known_.build().value();
    past_->grow();  // by a commit that asked for no ids
    EXPECT_TRUE(known_.ready(nothing_pending(Position{11})).value());
    for (std::uint8_t n = 4; n <= 10; ++n) {
        EXPECT_EQ(of_event(n, Position{11}), std::vector{Position{n}});
        EXPECT_EQ(of_command(std::to_string(n), Position{11}), std::vector{Position{n}});
    }
    EXPECT_TRUE(of_event(0, Position{11}).empty()) << "a window, no more";
}

TEST_F(KnownIdsTest, TakesInTheGroupsUnderWayOnce) {
    known_.build().value();
    past_->grow();
    const auto group = [](std::uint8_t number) {
        auto made = std::make_shared<Group>();
        made->first = Position{number};
        made->payload = commit_of(number);
        made->events = made->commits = 1;
        return made;
    };
    // The group in writing is in the log already, though nobody has been told yet.
    EXPECT_TRUE(known_.ready({.writing = group(10), .open = group(11).get(), .next = Position{12}}).value());
    EXPECT_EQ(of_event(10, Position{12}), std::vector{Position{10}});
    EXPECT_EQ(of_event(11, Position{12}), std::vector{Position{11}});

    known_.forget(*group(11));
    EXPECT_TRUE(of_event(11, Position{12}).empty());
    EXPECT_TRUE(of_command("11", Position{12}).empty());
    EXPECT_EQ(of_command("10", Position{12}), std::vector{Position{10}});
}

// The background task may come to it after an append has read everything and others have gone on.
TEST_F(KnownIdsTest, BuildingLateChangesNothing) {
    known_.build().value();
    EXPECT_TRUE(known_.ready(nothing_pending(Position{10})).value());
    const std::vector<std::uint64_t> hashes = {known_.hash(id(77))};
    known_.add(hashes, "", Position{10});
    known_.build().value();
    EXPECT_EQ(past_->readings(), 1);
    EXPECT_EQ(of_event(9, Position{11}), std::vector{Position{9}});
    EXPECT_EQ(of_event(77, Position{11}), std::vector{Position{10}});
}

TEST_F(KnownIdsTest, WhatCannotBeReadIsAnErrorUntilItCan) {
    past_->fail_at(7);
    const auto failed = known_.build();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::data_loss);
    EXPECT_FALSE(known_.ready(nothing_pending(Position{10})).value());
    past_->fail_at(std::nullopt);
    known_.build().value();
    EXPECT_TRUE(known_.ready(nothing_pending(Position{10})).value());
    EXPECT_EQ(of_event(9, Position{10}), std::vector{Position{9}});
}

TEST_F(KnownIdsTest, StopsWhenToldTo) {
    known_.stop();
    EXPECT_EQ(known_.build().error().code, Code::failed_precondition);
}

}  // namespace
}  // namespace varve::engine
