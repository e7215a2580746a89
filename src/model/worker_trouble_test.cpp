#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "model/fault.hpp"
#include "model/memory_model.hpp"
#include "model/sqlite_model.hpp"
#include "model/trouble_fixture.hpp"
#include "model/worker.hpp"
#include "varve/limits.hpp"

namespace varve {
namespace {

using moody::BalanceOf;
using moody::Deposit;
using moody::Moody;
using moody::Open;
using moody::until;

INSTANTIATE_TEST_SUITE_P(Kept, Trouble, ::testing::Values(Place::memory, Place::sqlite),
                         [](const auto& kept) { return kept.param == Place::memory ? "in_memory" : "in_sqlite"; });

TEST_P(Trouble, a_handler_that_throws_costs_its_key_and_nothing_else) {
    moody::fail_at(13);
    project();
    app.project<bank::Balances>();
    app.send(Deposit{"a1", 100}).value();
    const auto poison = app.send(Deposit{"a1", 13}).value();
    app.send(Deposit{"a2", 7}).value();
    app.send(Deposit{"a1", 5}).value();
    EXPECT_EQ(balance("a1"), 100);  // nothing of the event that failed, and nothing after it
    EXPECT_EQ(balance("a2"), 7);
    EXPECT_EQ(balance("rows seen"), 2);
    const auto status = this->status();
    EXPECT_NE(status.state, ProjectionStatus::State::failed);
    EXPECT_FALSE(status.error.has_value());
    ASSERT_EQ(status.quarantined.size(), 1U);
    const QuarantinedKey& key = status.quarantined[0];
    EXPECT_EQ(key.key, "account-a1");
    EXPECT_EQ(key.position, poison.first);
    EXPECT_EQ(key.attempts, 3U);
    EXPECT_EQ(key.missed, 2U);
    EXPECT_EQ(status.missed(), 2U);
    EXPECT_EQ(key.error.message,
              "position 3 (stream 'account-a1', revision 2, Deposited): on(Deposited) threw: moody about 13");
    EXPECT_EQ(status.last_error.value().message, key.error.message);
    EXPECT_FALSE(status.trying.has_value());
    EXPECT_GE(moody::calls, 3);
}

TEST_P(Trouble, in_the_middle_of_a_batch_it_costs_nobody_else_a_row) {
    moody::fail_at(13);
    Commit commit;
    std::map<std::string, std::int64_t> expected;
    for (int i = 0; i < 2000; ++i) {
        const std::string account = "b" + std::to_string(i % 7);
        const std::int64_t cents = i == 1003 ? 13 : 1 + i % 5;
        commit.events.push_back({.stream = "account-" + account,
                                 .type = "Deposited",
                                 .data = R"({"account":")" + account + R"(","cents":)" + std::to_string(cents) + "}"});
        if (i < 1003 || account != "b2") expected[account] += cents;
    }
    ASSERT_EQ(1003 % 7, 2);
    app.store().append(std::move(commit)).value();
    project();
    for (const auto& [account, cents] : expected) EXPECT_EQ(balance(account), cents) << account;
    EXPECT_EQ(status().quarantined.size(), 1U);
}

TEST_P(Trouble, what_works_the_next_time_is_applied_once) {
    moody::fail_at(13, 2);
    project();
    app.send(Deposit{"a1", 13}).value();
    app.send(Deposit{"a1", 1}).value();
    EXPECT_EQ(balance("a1"), 14);
    EXPECT_EQ(moody::calls, 3);
    const auto status = this->status();
    EXPECT_TRUE(status.quarantined.empty());
    EXPECT_NE(status.last_error.value().message.find("moody"), std::string::npos);
}

TEST_P(Trouble, an_event_that_does_not_decode_costs_its_stream) {
    project();
    app.store()
        .append(Commit{}.append("account-a1", Expected::any(), {{.stream = {}, .type = "Deposited", .data = "{}"}}))
        .value();
    app.send(Deposit{"a2", 7}).value();
    EXPECT_EQ(balance("a2"), 7);
    EXPECT_EQ(balance("a1"), 0);
    const auto status = this->status();
    ASSERT_EQ(status.quarantined.size(), 1U);
    EXPECT_NE(status.quarantined[0].error.message.find("account-a1"), std::string::npos);
    EXPECT_NE(status.quarantined[0].error.message.find("does not fit"), std::string::npos)
        << status.quarantined[0].error;
}

TEST_P(Trouble, too_many_keys_are_no_matter_of_keys) {
    moody::fail_at(13);
    project({.attempts = 1});
    Commit commit;
    for (std::size_t i = 0; i <= limits::quarantined_keys; ++i) {
        const std::string account = "b" + std::to_string(i);
        commit.events.push_back({.stream = "account-" + account,
                                 .type = "Deposited",
                                 .data = R"({"account":")" + account + R"(","cents":13})"});
    }
    app.store().append(std::move(commit)).value();
    const auto answer = app.ask(BalanceOf{"a1"}, all());
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().message.find("100 keys are in quarantine already"), std::string::npos) << answer.error();
    EXPECT_NE(answer.error().message.find("moody about 13"), std::string::npos) << answer.error();
    EXPECT_EQ(status().state, ProjectionStatus::State::failed);
    EXPECT_EQ(app.retry<Moody>("account-b1").error().code, Code::failed_precondition);
}

TEST_P(Trouble, a_slow_handler_is_seen_with_its_event) {
    project();
    moody::slow = true;
    app.send(Deposit{"a1", 77}).value();
    EXPECT_TRUE(until([&] { return status().slow.has_value(); }));
    const auto status = this->status();
    moody::slow = false;
    moody::slow.notify_all();
    EXPECT_EQ(status.slow.value().position, Position{2});
    EXPECT_EQ(status.slow.value().type, "Deposited");
    EXPECT_GT(status.slow.value().so_far, std::chrono::seconds(1));
    EXPECT_GT(status.behind.value(), std::chrono::milliseconds(500));
    EXPECT_EQ(balance("a1"), 77);
    EXPECT_FALSE(this->status().slow.has_value());
}

TEST_P(Trouble, an_event_that_is_tried_again_is_seen) {
    moody::fail_at(13);
    project({.attempts = 1'000'000});
    app.send(Deposit{"a1", 13}).value();
    EXPECT_TRUE(until([&] { return status().trying.has_value(); }));
    const auto trying = status().trying.value();
    EXPECT_EQ(trying.key, "account-a1");
    EXPECT_EQ(trying.position, Position{2});
    EXPECT_GE(trying.attempts, 1U);
    moody::mend();
    EXPECT_EQ(balance("a1"), 13);
    EXPECT_FALSE(status().trying.has_value());
}

/// Keeps what no Table keeps.
struct Counting {
    using Events = varve::Events<moody::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    std::int64_t sum = 0;
    void on(const moody::Deposited& e) {
        sum += e.cents;
        if (e.cents == 13) throw std::runtime_error("unlucky");
    }
    std::optional<std::int64_t> answer(const BalanceOf&) const { return sum; }
};
struct Listing {
    using Events = varve::Events<moody::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    std::vector<std::int64_t> all;
    void on(const moody::Deposited& e) {
        all.push_back(e.cents);
        if (e.cents == 13) throw std::runtime_error("unlucky");
    }
    std::optional<std::int64_t> answer(const BalanceOf&) const { return static_cast<std::int64_t>(all.size()); }
};

TEST(TroubleInMemory, plain_fields_are_put_back_and_where_that_cannot_be_the_projection_ends) {
    App app = bank::in_memory();
    app.project<Counting>({.first_delay = std::chrono::milliseconds(1)});
    app.send(Open{"a1", "Ann"}).value();
    app.send(Open{"a2", "Bob"}).value();
    app.send(Deposit{"a1", 1}).value();
    app.send(Deposit{"a1", 13}).value();
    EXPECT_EQ(app.ask(BalanceOf{}, after(app.send(Deposit{"a2", 4}))).value(), 5);

    App other = bank::in_memory();
    other.project<Listing>();
    other.send(Open{"a1", "Ann"}).value();
    const auto answer = other.ask(BalanceOf{}, after(other.send(Deposit{"a1", 13})));
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().message.find("unlucky"), std::string::npos) << answer.error();
    EXPECT_EQ(other.projections().at(0).state, ProjectionStatus::State::failed);
}

/// A file that refuses for a while, as a full disk does.
class Refusing final : public ReadModel {
public:
    Refusing(std::unique_ptr<ReadModel> behind, std::atomic<int>& times) : behind_(std::move(behind)), times_(times) {}

    [[nodiscard]] Position checkpoint() const override { return behind_->checkpoint(); }
    [[nodiscard]] std::string place() const override { return behind_->place(); }
    [[nodiscard]] std::chrono::milliseconds batch_time() const override { return behind_->batch_time(); }
    Result<> begin() override { return behind_->begin(); }
    [[nodiscard]] void* target() override { return behind_->target(); }
    Result<> commit(Position checkpoint) override {
        if (times_-- > 0) {
            return Error{.code = Code::resource_exhausted,
                         .message = "disk full",
                         .reason = std::string(reason_of(Fault::place))};
        }
        return behind_->commit(checkpoint);
    }
    void abandon() override { behind_->abandon(); }
    [[nodiscard]] bool repeats() const override { return true; }
    [[nodiscard]] bool checkpoint_is_behind(Position position) const override {
        return behind_->checkpoint_is_behind(position);
    }
    Result<Position> read(Position seen, const Reader& reader) override { return behind_->read(seen, reader); }

private:
    std::unique_ptr<ReadModel> behind_;
    std::atomic<int>& times_;
};

TEST(TroubleInFiles, a_place_that_refuses_is_waited_for_and_nobody_is_to_blame) {
    moody::mend();
    const TempFolder folder;
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}).value();
    const auto& type = detail::projection_type<Moody>();
    std::atomic<int> times = moody::always;
    auto file =
        SqliteModel::open(type, folder.file("m.db"), Partition(), app.store().info()->id, app.store().head()).value();
    Worker worker(type, Partition(), std::make_unique<Refusing>(std::move(file), times), app.store(), {});
    EXPECT_TRUE(until([&] { return worker.status().state == ProjectionStatus::State::waiting; }));
    EXPECT_EQ(worker.status().last_error.value().code, Code::resource_exhausted);
    EXPECT_EQ(worker.status().position, Position{0});
    times = 0;
    EXPECT_EQ(worker.progress().wait(Position{2}, std::chrono::steady_clock::now() + std::chrono::seconds(30)),
              ProjectionProgress::Waited::reached);
    EXPECT_TRUE(worker.status().quarantined.empty());
    std::int64_t cents = 0;
    worker.model()
        .read({}, [&](const void* moody) { cents = static_cast<const Moody*>(moody)->balances.get("a1")->cents; })
        .value();
    EXPECT_EQ(cents, 5);
    EXPECT_TRUE(until([&] { return worker.status().state == ProjectionStatus::State::live; }));
}

}  // namespace
}  // namespace varve
