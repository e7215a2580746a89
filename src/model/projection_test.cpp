#include "varve/projection.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Balances;
using bank::Deposit;
using bank::Deposited;
using bank::Open;
using bank::Opened;

struct Kept {
    bool file;
    Life life;
    unsigned partitions;
};

/// Everything that holds wherever a projection is kept, whoever brings it up to date, over how many partitions it may be.
class Projection : public ::testing::TestWithParam<Kept> {
public:
    template <class P>
    Wiring project(App& app) {
        ProjectionOptions options{.life = GetParam().life, .partitions = GetParam().partitions};
        if (GetParam().file) options.file = sqlite(folder.file("model.db"));
        return app.project<P>(options);
    }

    TempFolder folder;
};

std::vector<Kept> everywhere() {
    std::vector<Kept> all;
    for (const bool file : {false, true})
        for (const Life life : {Life::inlined, Life::async, Life::live})
            for (const unsigned partitions : {1U, 3U}) all.push_back({file, life, partitions});
    return all;
}

std::string name_of(const ::testing::TestParamInfo<Kept>& kept) {
    static constexpr const char* lives[] = {"inlined", "async", "live"};
    return std::string(lives[static_cast<int>(kept.param.life)]) + (kept.param.file ? "_in_sqlite_" : "_in_memory_") +
           std::to_string(kept.param.partitions);
}

INSTANTIATE_TEST_SUITE_P(Kept, Projection, ::testing::ValuesIn(everywhere()), name_of);

TEST_P(Projection, catches_up_with_what_was_there_and_follows) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 100}).value();
    ASSERT_TRUE(project<Balances>(app).ok());
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(Position{1})).value(), 100);
    const auto receipt = app.send(Deposit{"a1", 5});
    const auto answer = app.ask(BalanceOf{"a1"}, after(receipt));
    EXPECT_EQ(answer.value(), 105);
    EXPECT_EQ(answer.position(), receipt->last + 1);
}

TEST_P(Projection, reads_its_own_write_every_time) {
    App app = bank::in_memory();
    project<Balances>(app);
    app.send(Open{"a1", "Ann"}).value();
    for (std::int64_t i = 1; i <= 300; ++i) {
        const auto receipt = app.send(Deposit{"a1", 1});
        ASSERT_EQ(app.ask(BalanceOf{"a1"}, after(receipt)).value(), i);
    }
}

/// Two rows change in one event: no question may see only one of them.
struct Pair {
    std::string side;
    std::int64_t cents = 0;
};
struct SidesSum {
    using Answer = std::int64_t;
};
std::int64_t sum_of(const std::vector<std::int64_t>& parts) {
    return std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
}
struct Sides {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<SidesSum>;
    Table<Pair> sides;
    void on(const Deposited& e) {
        sides.update("left", [&](Pair& row) { row.cents += e.cents; });
        sides.update("right", [&](Pair& row) { row.cents -= e.cents; });
    }
    static std::int64_t merge(const std::vector<std::int64_t>& sums) { return sum_of(sums); }
    std::int64_t answer(const SidesSum&) const {
        const auto left = sides.get("left");
        std::this_thread::yield();
        const auto right = sides.get("right");
        return (left ? left->cents : 0) + (right ? right->cents : 0);
    }
};

TEST_P(Projection, an_answer_is_of_one_position_while_events_pour_in) {
    App app = bank::in_memory();
    project<Sides>(app);
    app.send(Open{"a1", "Ann"}).value();
    std::atomic<bool> done = false;
    std::atomic<int> torn = 0;
    std::vector<std::thread> askers;
    for (int i = 0; i < 3; ++i) {
        askers.emplace_back([&] {
            Position last;
            while (!done) {
                const auto answer = app.ask(SidesSum{});
                if (!answer.ok() || *answer != 0 || answer.position() < last) ++torn;
                last = answer.position();
            }
        });
    }
    Result<Receipt> receipt = Error{};
    for (int i = 0; i < 500; ++i) receipt = app.send(Deposit{"a1", 1});
    EXPECT_TRUE(app.ask(SidesSum{}, after(receipt)).ok());
    done = true;
    for (std::thread& asker : askers) asker.join();
    EXPECT_EQ(torn, 0);
}

TEST_P(Projection, events_of_other_types_pass_by_but_count) {
    App app = bank::in_memory();
    project<Balances>(app);
    const auto receipt = app.store().append(
        Commit{}.append("log-1", Expected::any(), {{.stream = {}, .type = "Noise", .data = "not JSON"}}));
    const auto answer = app.ask(BalanceOf{"a1"}, after(receipt));
    ASSERT_TRUE(answer.ok()) << answer.error();
    EXPECT_EQ(answer.position(), Position{1});
}

TEST_P(Projection, a_late_answer_says_how_far_behind) {
    App app = bank::in_memory();
    project<Balances>(app);
    const auto answer = app.ask(BalanceOf{"a1"}, after(Position{41}, std::chrono::milliseconds(1)));
    EXPECT_EQ(answer.error().code, Code::deadline_exceeded);
    EXPECT_NE(answer.error().message.find("42 events behind"), std::string::npos) << answer.error();
}

TEST_P(Projection, a_question_after_a_failed_write_answers_its_error) {
    App app = bank::in_memory();
    project<Balances>(app);
    const auto answer = app.ask(BalanceOf{"a1"}, after(app.send(Deposit{"a1", 1})));
    EXPECT_EQ(answer.error().reason, "account.not_open");
}

struct Careless {
    using Answer = int;
};
struct Careful {
    using Events = varve::Events<Opened>;
    using Queries = varve::Queries<Careless>;
    Table<Pair> rows;
    void on(const Opened&) {}
    static int merge(const std::vector<int>& parts) { return parts.front(); }
    int answer(const Careless&) const { throw std::runtime_error("boom"); }
};

TEST_P(Projection, what_an_answer_throws_is_its_error_and_hurts_nobody) {
    App app = bank::in_memory();
    project<Careful>(app);
    for (int i = 0; i < 3; ++i) {
        const auto answer = app.ask(Careless{});
        EXPECT_EQ(answer.error().code, Code::unknown);
        EXPECT_EQ(answer.error().message, "answer(Careless) of projection Careful threw: boom");
    }
    EXPECT_NE(app.projections().at(0).state, ProjectionStatus::State::failed);
}

struct Rival {
    using Events = varve::Events<Opened>;
    using Queries = varve::Queries<BalanceOf>;
    Table<Pair> rows;
    void on(const Opened&) {}
    std::optional<std::int64_t> answer(const BalanceOf&) const { return {}; }
};

namespace nested {

App* app = nullptr;  ///< asked and sent to by handlers and answers
std::atomic<bool> refused = false;
std::atomic<bool> within = false;

void ask_within() {
    if (within.exchange(true)) return;
    const auto inner = app->ask(BalanceOf{"a1"});
    within = false;
    if (inner.ok()) return;
    refused = true;
    EXPECT_EQ(inner.error().code, Code::failed_precondition);
    EXPECT_NE(inner.error().message.find("use its tables there"), std::string::npos) << inner.error();
}

struct Curious {
    using Events = varve::Events<Opened, Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    Table<bank::Balance> balances;

    static std::string partition(const BalanceOf& q) { return q.account; }
    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const Deposited& e) {
        balances.update(e.account, [&](bank::Balance& row) { row.cents += e.cents; });
        ask_within();
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        EXPECT_TRUE(within || app->send(Deposit{"a1", 1}).ok());
        ask_within();
        const auto row = balances.get(q.account);
        return row ? std::optional(row->cents) : std::nullopt;
    }
};

}  // namespace nested

TEST_P(Projection, one_that_asks_itself_does_not_wait_for_itself) {
    App app = bank::in_memory();
    nested::app = &app;
    nested::refused = false;
    project<nested::Curious>(app);
    app.send(Open{"a1", "Ann"}).value();
    const auto receipt = app.send(Deposit{"a1", 5});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(receipt)).value(), 5);
    EXPECT_EQ(nested::refused, !GetParam().file);
    EXPECT_EQ(app.projections().at(0).quarantined.size(), 0U);
    EXPECT_TRUE(app.close().ok());
}

TEST(ProjectionSetup, a_query_has_one_projection) {
    App app = bank::in_memory();
    EXPECT_TRUE(app.project<Balances>().ok());
    EXPECT_EQ(app.project<Balances>().error().code, Code::already_exists);
    EXPECT_EQ(app.project<Rival>().error().code, Code::already_exists);
    EXPECT_TRUE(app.ask(BalanceOf{"a1"}).ok());
    EXPECT_EQ(app.projections().at(2).state, ProjectionStatus::State::failed);
}

TEST(ProjectionSetup, options_say_where_it_is_kept) {
    const TempFolder folder;
    App app = bank::in_memory();
    ASSERT_TRUE(app.project<Balances>({.file = sqlite(folder.file("b.db"))}).ok());
    EXPECT_EQ(app.projections().at(0).place, folder.file("b.db"));
    EXPECT_EQ(app.project<Careful>({.partitions = 0}).error().code, Code::invalid_argument);
    EXPECT_EQ(app.projections().at(1).state, ProjectionStatus::State::failed);
}

TEST(ProjectionSetup, tells_when_it_is_live) {
    App app = bank::in_memory();
    app.project<Balances>();
    const auto receipt = app.send(Open{"a1", "Ann"});
    app.ask(BalanceOf{"a1"}, after(receipt)).value();
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (app.projections().at(0).state != ProjectionStatus::State::live && std::chrono::steady_clock::now() < limit) {
        std::this_thread::yield();
    }
    const auto status = app.projections().at(0);
    EXPECT_EQ(status.state, ProjectionStatus::State::live);
    EXPECT_EQ(status.lag(), 0U);
    EXPECT_EQ(status.place, "memory");
}

}  // namespace
}  // namespace varve
