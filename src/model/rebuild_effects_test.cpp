// Effects of a projection that is rebuilt: none is lost, and none is repeated.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "model/effects_fixture.hpp"
#include "model/temp_folder_fixture.hpp"
#include "varve/rebuild.hpp"

namespace varve {
namespace {

using bank::Deposit;
using bank::Deposited;
using bank::Open;
using effects::Count;
using effects::Mails;
using effects::perform;
using effects::Post;
using effects::SendMail;

using Lines = std::vector<std::string>;
constexpr std::chrono::seconds patience{20};

/// Takes the place of Mails.
struct Letters {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    Table<bank::Balance> seen;
    Effects<SendMail> letters;
    static std::uint64_t merge(const std::vector<std::uint64_t>& parts) { return parts.at(0) + parts.at(1); }
    void on(const Deposited& e, const Event& event) {
        letters.add({e.account, 100 + e.cents});
        seen.put({std::to_string(event.position.value), e.cents});
    }
    std::uint64_t answer(const Count&) const { return seen.size(); }
};

/// So does this one, and has nothing sent.
struct Quiet {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    Table<bank::Balance> seen;
    static std::uint64_t merge(const std::vector<std::uint64_t>& parts) { return parts.at(0) + parts.at(1); }
    void on(const Deposited& e, const Event& event) { seen.put({std::to_string(event.position.value), e.cents}); }
    std::uint64_t answer(const Count&) const { return seen.size(); }
};

struct Kept {
    bool file;
    Life life;
    unsigned partitions;
};

class RebuildWithEffects : public ::testing::TestWithParam<Kept> {
public:
    void SetUp() override {
        effects::unlucky = false;
        begin();
    }
    /// As at the start of the program.
    void begin() {
        app = std::make_unique<App>(store);
        bank::wire(*app);
        if (store.head().value == 0) {
            app->send(Open{"a1", "Ann"}).value();
            app->send(Deposit{"a1", 1}).value();
        }
        ProjectionOptions options{.life = GetParam().life, .partitions = GetParam().partitions};
        if (GetParam().file) options.file = sqlite(folder.file("m.db"));
        ASSERT_TRUE(app->project<Mails>(options).ok());
    }
    std::uint64_t deposit(std::int64_t cents) {
        const auto receipt = app->send(Deposit{"a1", cents});
        return app->ask(Count{}, after(receipt)).value();
    }
    /// `Mails/2/0`, wherever ann's account is.
    [[nodiscard]] std::string id(const std::string& name, const std::string& rest) const {
        const unsigned of = GetParam().partitions;
        return (of == 1 ? name : name + "." + std::to_string(Partition::place_of("a1", of))) + "/" + rest;
    }
    Result<Rebuild> rebuild_letters() {
        return GetParam().file ? app->rebuild<Mails, Letters>(sqlite(folder.file("l.db")))
                               : app->rebuild<Mails, Letters>();
    }
    EffectsStatus effects_of(std::size_t projection) { return app->projections().at(projection).effects.value(); }

    TempFolder folder;
    Store store = open("memory:").value();
    Post post;  ///< outlives those who bring to it
    std::unique_ptr<App> app;
};

INSTANTIATE_TEST_SUITE_P(Kept, RebuildWithEffects,
                         ::testing::Values(Kept{false, Life::async, 1}, Kept{true, Life::async, 1},
                                           Kept{true, Life::async, 2}, Kept{false, Life::inlined, 1},
                                           Kept{true, Life::inlined, 2}, Kept{true, Life::live, 1}));

TEST_P(RebuildWithEffects, each_is_performed_once_by_whoever_is_in_charge) {
    perform(*app, post);
    deposit(3);
    auto rebuild = app->rebuild<Mails>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    deposit(4);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_TRUE(effects_of(1).held);
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_FALSE(effects_of(0).held);
    EXPECT_TRUE(effects_of(1).held);
    EXPECT_EQ(deposit(5), 4U) << "with that from before the projection";
    ASSERT_TRUE(rebuild.roll_back().ok());
    EXPECT_EQ(deposit(6), 5U);
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_TRUE(rebuild.finish().ok());
    deposit(7);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(5), (Lines{id("Mails", "2/0 3"), id("Mails", "3/0 4"), id("Mails", "4/0 5"),
                                       id("Mails", "5/0 6"), id("Mails", "6/0 7")}));
}

TEST_P(RebuildWithEffects, what_the_old_one_has_left_the_new_one_performs_under_the_same_ids) {
    deposit(3);
    deposit(2);
    auto rebuild = rebuild_letters().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    ASSERT_TRUE(rebuild.cut_over().ok());
    deposit(4);
    EXPECT_EQ(effects_of(0).pending, 4U);
    EXPECT_EQ(effects_of(1).pending, 0U);
    perform(*app, post);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(4),
              (Lines{id("Mails", "2/0 3"), id("Mails", "3/0 2"), id("Mails", "3/1 22"), id("Letters", "4/0 104")}));
    ASSERT_TRUE(rebuild.roll_back().ok());
    deposit(5);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(5).back(), id("Mails", "5/0 5"));
    ASSERT_TRUE(rebuild.cancel().ok());
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(5).size(), 5U);
}

TEST_P(RebuildWithEffects, what_is_set_aside_can_be_retried_by_the_one_in_charge) {
    post.refuse = [](const SendMail& mail) { return mail.cents == 3; };
    perform(*app, post);
    deposit(3);
    ASSERT_TRUE(app->settle_effects().ok());
    auto rebuild = rebuild_letters().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_EQ(effects_of(0).aside, 1U);
    const std::string its_id = effects_of(0).set_aside.at(0).id;
    EXPECT_EQ(its_id, id("Mails", "2/0"));
    EXPECT_EQ(effects_of(1).aside, 0U);
    EXPECT_EQ(app->retry_effect(id("Letters", "2/0")).error().code, Code::not_found);
    const std::size_t before = post.wait_for(3).size();
    EXPECT_TRUE(app->retry_effect(its_id).ok());
    EXPECT_EQ(post.wait_for(before + 1).at(before), its_id + " 3");
    ASSERT_TRUE(app->settle_effects().ok());
}

TEST_P(RebuildWithEffects, the_one_at_hand_is_waited_for) {
    std::atomic<bool> open = false;
    post.before_answer = [&] {
        while (!open) std::this_thread::yield();
    };
    perform(*app, post);
    deposit(3);
    post.wait_for(1);
    auto rebuild = app->rebuild<Mails>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    const Result<> late = rebuild.cut_over({.limit = std::chrono::milliseconds(20)});
    EXPECT_EQ(late.error().code, Code::deadline_exceeded);
    EXPECT_NE(late.error().message.find("effect"), std::string::npos) << late.error().message;
    EXPECT_EQ(deposit(4), 3U) << "the old one goes on";
    open = true;
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(2), (Lines{id("Mails", "2/0 3"), id("Mails", "3/0 4")}));
}

TEST_P(RebuildWithEffects, none_are_lost_to_one_that_has_no_place_for_them) {
    deposit(3);
    auto rebuild = GetParam().file ? app->rebuild<Mails, Quiet>(sqlite(folder.file("q.db"))).value()
                                   : app->rebuild<Mails, Quiet>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    const Result<> refused = rebuild.cut_over();
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_NE(refused.error().message.find(id("Mails", "2/0")), std::string::npos) << refused.error().message;
    perform(*app, post);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(deposit(4), 3U);
    ASSERT_TRUE(rebuild.roll_back().ok());
    deposit(5);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(2), (Lines{id("Mails", "2/0 3"), id("Mails", "4/0 5")}));
}

TEST_P(RebuildWithEffects, a_restart_at_any_stage_repeats_none_and_loses_none) {
    if (!GetParam().file) GTEST_SKIP() << "in memory nothing is left of them after a restart";
    deposit(3);
    {
        auto rebuild = app->rebuild<Mails>().value();
        ASSERT_TRUE(rebuild.wait(patience).ok());
        app.reset();
    }
    begin();
    deposit(4);
    {
        auto resumed = app->rebuild<Mails>({.resume = true}).value();
        ASSERT_TRUE(resumed.wait(patience).ok());
        ASSERT_TRUE(resumed.cut_over().ok());
        deposit(5);
        app.reset();
    }
    begin();
    EXPECT_EQ(effects_of(0).pending, 3U);
    perform(*app, post);
    deposit(6);
    ASSERT_TRUE(app->settle_effects().ok());
    EXPECT_EQ(post.wait_for(4),
              (Lines{id("Mails", "2/0 3"), id("Mails", "3/0 4"), id("Mails", "4/0 5"), id("Mails", "5/0 6")}));
}

/// Wants something for each deposit, until it cannot go on.
struct Doomed {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    std::vector<std::int64_t> all;  // cannot be put back
    Effects<SendMail> mails;
    void on(const Deposited& e) {
        mails.add({e.account, e.cents});
        all.push_back(e.cents);
        if (e.cents == 13) throw std::runtime_error("unlucky");
    }
    std::uint64_t answer(const Count&) const { return all.size(); }
};

TEST(RebuildOfOneThatFailed, performs_what_that_never_came_to) {
    Post post;
    App app = bank::in_memory();
    app.project<Doomed>().value();
    perform(app, post);
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 1}).value();
    post.wait_for(1);
    app.send(Deposit{"a1", 13}).value();
    const auto last = app.send(Deposit{"a1", 4});
    EXPECT_FALSE(app.ask(Count{}, after(last)).ok());
    auto rebuild = app.rebuild<Doomed, Letters>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(app.ask(Count{}, after(last)).value(), 3U);
    ASSERT_TRUE(app.settle_effects().ok());
    EXPECT_EQ(post.wait_for(3), (Lines{"Doomed/1/0 1", "Letters/2/0 113", "Letters/3/0 104"}));
}

}  // namespace
}  // namespace varve
