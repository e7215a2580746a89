#include "log/segment_log.hpp"

#include <atomic>
#include <thread>

#include "log/test_support.hpp"

namespace varve::log {
namespace {

/// The same log in memory and on the real file system.
class SegmentLogTest : public testing::TestWithParam<bool> {
protected:
    void SetUp() override {
        if (GetParam()) {
            environment_ = io::real_environment();
            options_.folder = folder_.path() / "store";
        } else {
            environment_ = world_.environment();
            options_.folder = "store";
        }
    }
    std::shared_ptr<SegmentLog> open() {
        auto log = SegmentLog::open(environment_, options_);
        EXPECT_TRUE(log.ok()) << log.error();
        return log.ok() ? *log : nullptr;
    }

    SimulatedWorld world_;
    TemporaryFolder folder_;
    io::Environment environment_;
    SegmentLogOptions options_;
};

Timestamp at(std::int64_t second) {
    return Timestamp(std::chrono::seconds(second));
}

TEST_P(SegmentLogTest, begins_empty) {
    const auto log = open();
    EXPECT_EQ(log->head(), Head{});
    EXPECT_EQ(log->commits(), 0U);
    EXPECT_FALSE(log->first_time());
    EXPECT_EQ(EventReader(*log).at(Position{0}).error().code, Code::out_of_range);
    EXPECT_TRUE(log->close().ok());
}

TEST_P(SegmentLogTest, gives_back_what_was_appended) {
    const auto log = open();
    ASSERT_TRUE(append(*log, at(10), 3, 2).ok());
    ASSERT_TRUE(append(*log, at(20)).ok());
    EXPECT_EQ(log->head().next, Position{7});
    EXPECT_EQ(log->commits(), 4U);
    expect_sound(*log);
    EventReader reader(*log);
    const auto event = reader.at(Position{6});
    ASSERT_TRUE(event.ok());
    EXPECT_EQ((*event)->created, at(20));
    EXPECT_EQ(log->first_time(), at(10));
    EXPECT_EQ(log->sequence_of(Position{5}).value(), 0U);
    EXPECT_EQ(log->sequence_of(Position{6}).value(), 1U);
}

TEST_P(SegmentLogTest, refuses_a_block_that_does_not_follow_the_head) {
    const auto log = open();
    const TestBlock first = next_block(*log, at(10));
    ASSERT_TRUE(log->compare_and_append(first.block).ok());
    const auto again = log->compare_and_append(first.block);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, Code::aborted);
    ASSERT_TRUE(append(*log, at(11)).ok());
}

TEST_P(SegmentLogTest, refuses_a_block_that_is_not_well_formed) {
    const auto log = open();
    TestBlock unstamped = next_block(*log, at(10));
    unstamped.payload[20] ^= 1;
    unstamped.block = make_block(log->head(), log->epoch(), at(10), 1, 1, unstamped.payload);
    EXPECT_EQ(log->compare_and_append(unstamped.block).error().code, Code::invalid_argument);
    TestBlock miscounted = next_block(*log, at(10));
    miscounted.block.events = 2;
    EXPECT_EQ(log->compare_and_append(miscounted.block).error().code, Code::invalid_argument);
    EXPECT_TRUE(append(*log, at(10)).ok());
}

TEST_P(SegmentLogTest, goes_on_after_a_clean_close) {
    Head head;
    std::string id;
    {
        const auto log = open();
        id = log->id();
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(*log, at(i), 2, 3).ok());
        head = log->head();
        ASSERT_TRUE(log->close().ok());
        EXPECT_EQ(append(*log, at(100)).error().code, Code::failed_precondition);
        expect_sound(*log);
    }
    const auto log = open();
    EXPECT_EQ(log->head(), head);
    EXPECT_EQ(log->id(), id);
    EXPECT_EQ(log->epoch(), 1U);
    EXPECT_EQ(log->segments().size(), 1U);
    expect_sound(*log);
    ASSERT_TRUE(append(*log, at(100)).ok());
    expect_sound(*log);
}

TEST_P(SegmentLogTest, spreads_over_segments) {
    options_.segment_bytes = 64 << 10;
    Head head;
    {
        const auto log = open();
        for (int i = 0; i < 200; ++i) {
            ASSERT_TRUE(append(*log, at(i), 2, 5).ok());
            world_.executor->run_woken();
        }
        head = log->head();
        EXPECT_GT(log->segments().size(), 3U);
        expect_sound(*log);
        for (std::uint64_t sequence = 0; sequence < head.sequence; sequence += 7) {
            auto blocks = log->read(sequence);
            ASSERT_TRUE(blocks.ok());
            const auto block = (*blocks)->next();
            ASSERT_TRUE(block.ok());
            EXPECT_EQ((*block)->sequence, sequence);
        }
        ASSERT_TRUE(log->close().ok());
        const auto segments = log->segments();
        for (std::size_t i = 0; i + 1 < segments.size(); ++i) EXPECT_TRUE(segments[i].sealed);
    }
    const auto log = open();
    EXPECT_EQ(log->head(), head);
    expect_sound(*log);
}

TEST_P(SegmentLogTest, finds_positions_by_time) {
    options_.segment_bytes = 16 << 10;
    const auto log = open();
    for (int i = 1; i <= 100; ++i) ASSERT_TRUE(append(*log, at(std::int64_t{10} * i), 1, 3).ok());
    EXPECT_EQ(log->position_at(at(9)).value(), Position{0});
    EXPECT_EQ(log->position_at(at(10)).value(), Position{3});
    EXPECT_EQ(log->position_at(at(19)).value(), Position{3});
    EXPECT_EQ(log->position_at(at(500)).value(), Position{150});
    EXPECT_EQ(log->position_at(at(5000)).value(), Position{300});
}

TEST_P(SegmentLogTest, takes_a_block_larger_than_a_segment) {
    options_.segment_bytes = 8 << 10;
    {
        const auto log = open();
        ASSERT_TRUE(append(*log, at(1)).ok());
        ASSERT_TRUE(append(*log, at(2), 100, 10).ok());
        ASSERT_TRUE(append(*log, at(3)).ok());
        EXPECT_EQ(log->segments().size(), 3U);
        expect_sound(*log);
        ASSERT_TRUE(log->close().ok());
    }
    expect_sound(*open());
}

TEST_P(SegmentLogTest, excludes_a_second_writer) {
    const auto log = open();
    const auto second = SegmentLog::open(environment_, options_);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, Code::failed_precondition);
    EXPECT_NE(second.error().message.find("pid "), std::string::npos) << second.error();
}

TEST_P(SegmentLogTest, of_two_that_create_it_at_once_one_is_told_of_the_other) {
    for (int round = 0; round < 100; ++round) {
        options_.folder.replace_filename("store" + std::to_string(round));
        std::atomic<int> ready = 0;
        const auto create = [&](Result<std::shared_ptr<SegmentLog>>& made) {
            ++ready;
            while (ready < 2) continue;
            made = SegmentLog::open(environment_, options_);
        };
        Result<std::shared_ptr<SegmentLog>> first = std::shared_ptr<SegmentLog>();
        Result<std::shared_ptr<SegmentLog>> second = first;
        std::thread other([&] { create(first); });
        create(second);
        other.join();
        EXPECT_TRUE(first.ok() || second.ok());
        for (const auto* made : {&first, &second}) {
            if (made->ok()) continue;
            EXPECT_NE(made->error().message.find("is held by"), std::string::npos) << made->error();
        }
    }
}

TEST_P(SegmentLogTest, read_only_follows_a_writer) {
    options_.segment_bytes = 16 << 10;
    const auto writer = open();
    ASSERT_TRUE(append(*writer, at(1)).ok());
    SegmentLogOptions options = options_;
    options.read_only = true;
    auto opened = SegmentLog::open(environment_, options);
    ASSERT_TRUE(opened.ok()) << opened.error();
    SegmentLog& reader = **opened;
    EXPECT_EQ(reader.head(), writer->head());
    EXPECT_FALSE(reader.refresh().value());
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(append(*writer, at(2 + i), 1, 5).ok());
        if (i % 10 != 0) continue;
        world_.executor->run_periodic();
        EXPECT_TRUE(reader.refresh().value());
        EXPECT_EQ(reader.head(), writer->head());
    }
    EXPECT_TRUE(reader.refresh().value());
    expect_sound(reader);
    EXPECT_EQ(append(reader, at(1000)).error().code, Code::failed_precondition);
}

TEST_P(SegmentLogTest, wakes_those_who_wait) {
    const auto log = open();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    bool came = false;
    std::jthread waiter([&] { came = log->wait(0, deadline); });
    ASSERT_TRUE(append(*log, at(1)).ok());
    waiter.join();
    EXPECT_TRUE(came);
    EXPECT_FALSE(log->wait(1, std::chrono::steady_clock::now()));
}

TEST_P(SegmentLogTest, says_why_a_folder_is_no_store) {
    ASSERT_TRUE(environment_.files->create_directories(options_.folder).ok());
    ASSERT_TRUE(environment_.files->open(options_.folder / "holiday.jpg", io::OpenMode::create_new).ok());
    const auto log = SegmentLog::open(environment_, options_);
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().code, Code::failed_precondition);
    EXPECT_NE(log.error().message.find("holiday.jpg"), std::string::npos);
    SegmentLogOptions elsewhere = options_;
    elsewhere.folder /= "nothing";
    elsewhere.create = false;
    EXPECT_EQ(SegmentLog::open(environment_, elsewhere).error().code, Code::not_found);
}

TEST_P(SegmentLogTest, begins_in_what_an_interrupted_beginning_left) {
    ASSERT_TRUE(environment_.files->create_directories(options_.folder).ok());
    for (const char* name : {"STORE.tmp", "next.tmp"}) {
        ASSERT_TRUE(environment_.files->open(options_.folder / name, io::OpenMode::create_new).ok());
    }
    const auto log = open();
    ASSERT_TRUE(log);
    EXPECT_TRUE(append(*log, at(1)).ok());
}

TEST(SegmentLogFolder, says_what_to_do_about_a_folder_in_its_way) {
    const TemporaryFolder folder;
    const SegmentLogOptions options{.folder = folder.path()};
    ASSERT_TRUE(SegmentLog::open(io::real_environment(), options).ok());
    ASSERT_TRUE(io::real_environment().files->create_directories(folder.path() / "rewrite.tmp").ok());
    const auto log = SegmentLog::open(io::real_environment(), options);
    ASSERT_FALSE(log.ok());
    EXPECT_NE(log.error().message.find("rewrite.tmp"), std::string::npos) << log.error();
    EXPECT_NE(log.error().message.find("move away"), std::string::npos) << log.error();
}

INSTANTIATE_TEST_SUITE_P(World, SegmentLogTest, testing::Values(false, true),
                         [](const auto& world) { return world.param ? "real" : "simulated"; });

}  // namespace
}  // namespace varve::log
