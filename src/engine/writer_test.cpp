#include "engine/writer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "io/environment.hpp"
#include "log/record.hpp"
#include "varve/limits.hpp"

namespace varve::engine {
namespace {

constexpr std::chrono::seconds patience{20};

/// A log whose disk is in the test's hand: an append waits until the test lets it through, or makes it fail.
class GatedLog final : public log::Log {
public:
    Result<> compare_and_append(const log::Block& block) override {
        std::unique_lock lock(mutex_);
        ++arrived_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_ || passes_ > 0; });
        if (passes_ > 0) --passes_;
        if (failure_) return *std::exchange(failure_, std::nullopt);
        if (block.sequence != head_.sequence || block.previous_chain != head_.chain)
            return Error{Code::aborted, "moved"};
        payloads_.emplace_back(block.payload);
        blocks_.push_back(block);
        head_ = block.head_after();
        return {};
    }
    log::Head head() const override {
        const std::lock_guard lock(mutex_);
        return head_;
    }
    Result<std::unique_ptr<log::BlockReader>> read(std::uint64_t) override { return Error{Code::unimplemented, ""}; }
    bool wait(std::uint64_t, std::chrono::steady_clock::time_point) override { return false; }

    void open() {
        change([this] { open_ = true; });
    }
    void pass_one() {
        change([this] { ++passes_; });
    }
    void fail_next(Error error) {
        change([&] {
            failure_ = std::move(error);
            ++passes_;
        });
    }
    bool wait_for_arrivals(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return arrived_ >= count; });
    }
    std::vector<log::Block> blocks() const {
        const std::lock_guard lock(mutex_);
        return blocks_;
    }
    std::string payload(std::size_t block) const {
        const std::lock_guard lock(mutex_);
        return payloads_[block];
    }

private:
    template <class F>
    void change(F&& f) {
        const std::lock_guard lock(mutex_);
        f();
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int passes_ = 0;
    int arrived_ = 0;
    std::optional<Error> failure_;
    log::Head head_;
    std::vector<log::Block> blocks_;
    std::vector<std::string> payloads_;
};

/// The log above cannot be read: as if nothing had been durable before.
class NothingPast final : public Past {
public:
    Position end() const override { return {}; }
    Result<std::unique_ptr<log::BlockReader>> blocks(Position) override { return Error{Code::unimplemented, ""}; }
    Result<> events(std::span<const Position>, const std::function<void(const Event&)>&) override { return {}; }
};

Commit commit_to(const std::string& stream, Expected expected = Expected::any(), std::size_t data_bytes = 2) {
    return Commit{}.append(
        stream, expected,
        {{.stream = "", .type = "Happened", .data = std::string(data_bytes, 'x'), .id = EventId::random()}});
}

class WriterTest : public ::testing::Test {
protected:
    ~WriterTest() override { log_->open(); }

    /// Answers of pipelined appends, in the order of their completions.
    struct Answers {
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<Result<Receipt>> results;

        Completion take() {
            return [this](Result<Receipt> result) {
                const std::lock_guard lock(mutex);
                results.push_back(std::move(result));
                changed.notify_all();
            };
        }
        bool wait_for(std::size_t count) {
            std::unique_lock lock(mutex);
            return changed.wait_for(lock, patience, [&] { return results.size() >= count; });
        }
    };

    std::shared_ptr<GatedLog> log_ = std::make_shared<GatedLog>();
    std::shared_ptr<Catalog> catalog_ = std::make_shared<Catalog>(index::memory_index(), Position{0}, 1 << 10);
    std::atomic<std::uint64_t> committed_ = 0;
    Answers answers_;
    Writer writer_{io::real_environment(),
                   log_,
                   7,
                   catalog_,
                   Durability::durable,
                   [this](Position head) { committed_ = head.value; },
                   std::make_unique<Originals>(std::make_shared<NothingPast>(), catalog_, 1000, 1)};
};

TEST_F(WriterTest, WhenTheIndexLagsTooFarForAReasonItIsToldInsteadOfWaitedFor) {
    log_->open();
    // More than 512 Ki events that the index does not know.
    for (int i = 0; i < 9; ++i) {
        Commit commit;
        for (std::size_t n = 0; n < limits::events_per_commit; ++n) {
            commit.events.push_back({.stream = "a-1", .type = "T", .id = EventId::random()});
        }
        ASSERT_TRUE(writer_.append(std::move(commit), {}));
    }
    writer_.index_moved(Error{Code::resource_exhausted, "no room for the index"});
    const auto refused = writer_.append(commit_to("a-1"), {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().message, "no room for the index");
    EXPECT_EQ(committed_, 9 * limits::events_per_commit);

    std::jthread waiting([this] { writer_.append(commit_to("a-2"), {}, answers_.take()); });
    ASSERT_TRUE(answers_.wait_for(1)) << "the pipelined form too";
    EXPECT_EQ(answers_.results[0].error().code, Code::resource_exhausted);
}

TEST_F(WriterTest, ALoneCallerCommitsInItsOwnThread) {
    log_->open();
    const Receipt first = writer_.append(commit_to("a-1"), {}).value();
    const Receipt second = writer_.append(commit_to("a-1"), {}).value();
    EXPECT_EQ(first.first, Position{0});
    EXPECT_EQ(second.first, Position{1});
    EXPECT_EQ(second.streams, (std::vector<Receipt::StreamRevision>{{.stream = "a-1", .last = Revision{1}}}));
    EXPECT_EQ(second.durability, Durability::durable);
    EXPECT_EQ(committed_, 2U);
    ASSERT_EQ(log_->blocks().size(), 2U);
    EXPECT_EQ(log_->blocks()[1].epoch, 7U);
    EXPECT_LE(first.time, second.time);
}

TEST_F(WriterTest, WhatWaitsDuringASyncIsOneGroup) {
    writer_.append(commit_to("first"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    for (int i = 0; i < 10; ++i) writer_.append(commit_to("s-" + std::to_string(i % 3)), {}, answers_.take());
    log_->open();
    ASSERT_TRUE(answers_.wait_for(11));
    const auto blocks = log_->blocks();
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[1].commits, 10U);
    EXPECT_EQ(blocks[1].events, 10U);
    EXPECT_EQ(blocks[1].first, Position{1});
    for (std::size_t i = 0; i < 11; ++i)
        EXPECT_EQ(answers_.results[i].value().first, Position{i}) << "in order of the calls";
}

TEST_F(WriterTest, RecordsOfAGroupDecodeAtTheirPlaces) {
    writer_.append(commit_to("first"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    writer_.append(commit_to("a", Expected::any(), 300), {}, answers_.take());
    writer_.append(Commit{}
                       .append("b", Expected::none(), {{.stream = "", .type = "X"}, {.stream = "", .type = "Y"}})
                       .append("a", Expected::any(), {{.stream = "", .type = "Z"}}),
                   {}, answers_.take());
    log_->open();
    ASSERT_TRUE(answers_.wait_for(3));

    const std::string payload = log_->payload(1);
    std::vector<std::uint32_t> offsets;
    log::record_offsets(payload, 4, offsets).value();
    const std::vector<std::pair<std::string, std::uint64_t>> expected{{"a", 0}, {"b", 0}, {"b", 1}, {"a", 1}};
    for (std::size_t i = 0; i < 4; ++i) {
        Event event;
        log::decode(std::string_view(payload).substr(offsets[i]), Position{1 + i}, event).value();
        EXPECT_EQ(event.stream, expected[i].first);
        EXPECT_EQ(event.revision, Revision{expected[i].second});
        EXPECT_EQ(log::record_size(std::string_view(payload).substr(offsets[i])).frame_offset,
                  log::frame_header_bytes + offsets[i]);
    }
}

TEST_F(WriterTest, ConditionsSeeEarlierCommitsOfTheSameGroup) {
    writer_.append(commit_to("first"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    writer_.append(commit_to("s", Expected::none()), {}, answers_.take());
    writer_.append(commit_to("s", Expected::none()), {}, answers_.take());
    writer_.append(commit_to("s", Expected::exact(Revision{0})), {}, answers_.take());
    log_->open();
    ASSERT_TRUE(answers_.wait_for(4));
    EXPECT_TRUE(answers_.results[1].ok());
    ASSERT_FALSE(answers_.results[2].ok());
    EXPECT_EQ(answers_.results[2].error().code, Code::aborted);
    EXPECT_EQ(answers_.results[2].error().conflict->actual, Revision{0});
    EXPECT_EQ(answers_.results[3].value().streams[0].last, Revision{1});
}

TEST_F(WriterTest, AConflictWithAnUnwrittenCommitIsAnsweredAfterThatIsDurable) {
    writer_.append(commit_to("s"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    writer_.append(commit_to("s", Expected::none()), {}, answers_.take());
    EXPECT_TRUE(answers_.results.empty()) << "nobody may learn of a commit that a crash could take away";
    log_->open();
    ASSERT_TRUE(answers_.wait_for(2));
    EXPECT_TRUE(answers_.results[0].ok());
    EXPECT_EQ(answers_.results[1].error().code, Code::aborted);
    EXPECT_EQ(log_->blocks().size(), 1U) << "a group of refusals writes nothing";
}

TEST_F(WriterTest, AFailedWritePoisonsForGood) {
    writer_.append(commit_to("s"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    writer_.append(commit_to("s"), {}, answers_.take());
    log_->fail_next({Code::unavailable, "the disk did not answer"});
    ASSERT_TRUE(answers_.wait_for(2));
    EXPECT_EQ(answers_.results[0].error().code, Code::unavailable);
    EXPECT_EQ(answers_.results[1].error().code, Code::unavailable);
    log_->open();
    EXPECT_EQ(writer_.append(commit_to("t"), {}).error().code, Code::unavailable);
    EXPECT_TRUE(log_->blocks().empty());
    EXPECT_EQ(committed_, 0U);
}

TEST_F(WriterTest, AFullDiskTakesNothingAndHeals) {
    log_->pass_one();
    writer_.append(commit_to("s"), {}).value();
    writer_.append(commit_to("s"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(2));
    writer_.append(commit_to("s", Expected::exact(Revision{1})), {}, answers_.take());
    log_->fail_next({Code::resource_exhausted, "no space"});
    ASSERT_TRUE(answers_.wait_for(2));
    EXPECT_EQ(answers_.results[0].error().code, Code::resource_exhausted);
    EXPECT_EQ(answers_.results[1].error().code, Code::resource_exhausted);

    log_->open();
    const Receipt healed = writer_.append(commit_to("s", Expected::exact(Revision{0})), {}).value();
    EXPECT_EQ(healed.first, Position{1});
    EXPECT_EQ(healed.streams[0].last, Revision{1});
}

TEST_F(WriterTest, ARepeatOfAnUnwrittenCommitIsAnsweredWithIt) {
    const std::vector<Commit> commits = {commit_to("a"), commit_to("b", Expected::none())};
    writer_.append(commits[0], {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    for (int time = 0; time < 3; ++time) {
        for (const Commit& commit : commits) writer_.append(commit, {}, answers_.take());
    }
    EXPECT_TRUE(answers_.results.empty());
    log_->open();
    ASSERT_TRUE(answers_.wait_for(7));
    const auto blocks = log_->blocks();
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[1].commits, 1U) << "of the second commit; the first lies in the group before";
    for (std::size_t i = 0; i < 7; ++i) {
        const Receipt receipt = answers_.results[i].value();
        const std::size_t commit = i == 0 ? 0 : (i - 1) % 2;
        EXPECT_EQ(receipt.first, Position{commit});
        EXPECT_EQ(receipt.time, blocks[commit].time);
        EXPECT_EQ(receipt.repeated, i != 0 && i != 2);
        EXPECT_EQ(receipt.durability, Durability::durable);
    }
}

TEST_F(WriterTest, ARepeatFailsWithItsOriginalAndIsNewAfterwards) {
    Commit command = commit_to("c");
    command.command_id = "c";
    const std::vector<Commit> commits = {commit_to("a"), commit_to("b", Expected::none()), command};
    writer_.append(commits[0], {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    for (const Commit& commit : commits) writer_.append(commit, {}, answers_.take());
    for (const Commit& commit : commits) writer_.append(commit, {}, answers_.take());
    log_->fail_next({Code::resource_exhausted, "no space"});
    ASSERT_TRUE(answers_.wait_for(7));
    for (const auto& answer : answers_.results) EXPECT_EQ(answer.error().code, Code::resource_exhausted);

    log_->open();
    for (const Commit& commit : commits) EXPECT_FALSE(writer_.append(commit, {}).value().repeated);
}

TEST_F(WriterTest, AFullQueueRefusesOrWaits) {
    writer_.append(commit_to("first"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    std::size_t accepted = 1;
    const std::size_t half = limits::queued_bytes / 2 - 1024;
    for (int i = 0; i < 2; ++i, ++accepted) writer_.append(commit_to("s", Expected::any(), half), {}, answers_.take());
    const auto refused = writer_.append(commit_to("s", Expected::any(), half), {.when_full = WhenFull::refuse});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::resource_exhausted);

    std::atomic<bool> placed = false;
    std::jthread waiting([&] {
        writer_.append(commit_to("s", Expected::any(), half), {}, answers_.take());
        placed = true;
    });
    EXPECT_FALSE(placed);
    log_->open();
    waiting.join();
    ASSERT_TRUE(answers_.wait_for(accepted + 1));
    for (const auto& answer : answers_.results) EXPECT_TRUE(answer.ok()) << answer;
}

TEST_F(WriterTest, CloseWaitsForWhatWasAdmittedAndRefusesTheRest) {
    writer_.append(commit_to("s"), {}, answers_.take());
    ASSERT_TRUE(log_->wait_for_arrivals(1));
    writer_.append(commit_to("s"), {}, answers_.take());
    std::jthread closing([this] { writer_.close(); });
    log_->open();
    closing.join();
    EXPECT_EQ(answers_.results.size(), 2U);
    EXPECT_EQ(writer_.append(commit_to("s"), {}).error().code, Code::failed_precondition);
    writer_.append(commit_to("s"), {}, answers_.take());
    EXPECT_EQ(answers_.results.back().error().code, Code::failed_precondition);
}

TEST_F(WriterTest, ManyThreadsOneOrder) {
    log_->open();
    constexpr int threads = 8;
    constexpr int each = 200;
    std::vector<std::jthread> callers;
    std::atomic<int> conflicts = 0;
    for (int t = 0; t < threads; ++t) {
        callers.emplace_back([&] {
            for (int done = 0; done < each;) {
                const auto head = catalog_->head("counter").value();
                const Expected expected = head.last ? Expected::exact(*head.last) : Expected::none();
                if (writer_.append(commit_to("counter", expected), {})) {
                    ++done;
                } else {
                    ++conflicts;
                }
            }
        });
    }
    callers.clear();
    EXPECT_EQ(catalog_->head("counter").value().last, Revision{threads * each - 1});
    EXPECT_EQ(committed_, static_cast<std::uint64_t>(threads * each));
}

}  // namespace
}  // namespace varve::engine
