#include "model/gathering.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

using bank::Deposit;
using bank::Open;

/// What each of them knows of an account.
struct Known {
    std::string account;
    using Answers = std::string;
};

struct Owners {
    using Events = varve::Events<bank::Opened>;
    using Queries = varve::Queries<Known>;
    std::string owner;
    void on(const bank::Opened& e) { owner = e.owner; }
    std::string answer(const Known&) const { return owner; }
};
struct Sums {
    using Events = varve::Events<bank::Deposited>;
    using Queries = varve::Queries<Known>;
    std::int64_t cents = 0;
    void on(const bank::Deposited& e) { cents += e.cents; }
    std::string answer(const Known&) const { return std::to_string(cents); }
};
struct Thrower {
    using Events = varve::Events<bank::Opened>;
    using Queries = varve::Queries<Known>;
    std::string note;  ///< cannot be put back when a handler throws, so that the projection ends
    void on(const bank::Opened& e) {
        if (e.account == "bad") throw std::runtime_error("boom");
    }
    std::string answer(const Known&) const { throw std::runtime_error("no idea"); }
};

using Answers = Gathered<std::string>;

constexpr std::chrono::milliseconds long_enough = std::chrono::seconds(20);

TEST(Gather, has_an_answer_of_everybody_in_the_order_of_the_wiring) {
    App app = bank::in_memory();
    ASSERT_TRUE(app.project<Owners>().ok());
    ASSERT_TRUE(app.answer<Known>("papers", [](const Known& q) { return "file of " + q.account; }).ok());
    ASSERT_TRUE(app.project<Sums>().ok());
    app.send(Open{"a1", "Ann"}).value();
    const auto receipt = app.send(Deposit{"a1", 7});
    const Answers all = app.gather(Known{"a1"}, after(receipt, long_enough)).value();
    ASSERT_EQ(all.parts.size(), 3U);
    EXPECT_TRUE(all.complete());
    EXPECT_EQ(all.parts[0].from, "Owners");
    EXPECT_EQ(all.parts[0].answer, "Ann");
    EXPECT_EQ(all.parts[0].position, Position{2});
    EXPECT_EQ(all.parts[1].from, "papers");
    EXPECT_EQ(all.parts[1].answer, "file of a1");
    EXPECT_EQ(all.parts[1].position, std::nullopt);
    EXPECT_EQ(all.parts[2].answer, "7");
}

TEST(Gather, names_who_throws_and_who_is_slow_and_has_the_others) {
    std::latch go(1);
    App app = bank::in_memory();
    app.project<Thrower>();
    app.answer<Known>("slow", [&](const Known&) {
        go.wait();
        return std::string("late");
    });
    app.answer<Known>("broken", [](const Known&) -> std::string { throw std::runtime_error("out of order"); });
    app.project<Owners>();
    app.send(Open{"a1", "Ann"}).value();
    for (std::size_t i = 0; i < bulkhead_threads; ++i)
        app.gather(Known{"a1"}, {.limit = std::chrono::milliseconds(1)}).value();
    // All threads of the slow one are taken now.
    const Answers some = app.gather(Known{"a1"}, {.limit = std::chrono::milliseconds(1000)}).value();
    ASSERT_EQ(some.parts.size(), 1U);
    EXPECT_EQ(some.parts[0].from, "Owners");
    ASSERT_EQ(some.missing.size(), 3U);
    EXPECT_EQ(some.missing[0].from, "Thrower");
    EXPECT_EQ(some.missing[0].error.code, Code::unknown);
    EXPECT_EQ(some.missing[0].error.message, "answer(Known) of projection Thrower threw: no idea");
    EXPECT_EQ(some.missing[1].from, "slow");
    EXPECT_EQ(some.missing[1].error.code, Code::deadline_exceeded);
    EXPECT_EQ(some.missing[1].error.message, "Known of 'slow' did not end within 1000 ms");
    EXPECT_EQ(some.missing[2].from, "broken");
    EXPECT_EQ(some.missing[2].error.message, "Known of 'broken' threw: out of order");
    go.count_down();
    const Answers later = app.gather(Known{"a1"}, {.limit = long_enough}).value();
    EXPECT_EQ(later.parts.at(0).answer, "late") << "it is asked again once it has time";
}

TEST(Gather, says_how_far_behind_a_read_model_is) {
    App app = bank::in_memory();
    app.project<Owners>();
    app.answer<Known>("quick", [](const Known&) { return std::string("here"); });
    const Answers some = app.gather(Known{"a1"}, after(Position{41}, std::chrono::milliseconds(1000))).value();
    ASSERT_EQ(some.missing.size(), 1U);
    EXPECT_EQ(some.missing[0].error.code, Code::deadline_exceeded);
    EXPECT_NE(some.missing[0].error.message.find("42 events behind"), std::string::npos) << some.missing[0].error;
    EXPECT_EQ(some.parts.at(0).from, "quick");
}

TEST(Gather, a_projection_that_failed_is_missing_with_its_error) {
    App app = bank::in_memory();
    app.project<Thrower>();
    app.project<Owners>();
    const auto receipt = app.send(Open{"bad", "Ann"});
    const Answers some = app.gather(Known{"a1"}, after(receipt, long_enough)).value();
    EXPECT_EQ(some.parts.at(0).answer, "Ann");
    EXPECT_NE(some.missing.at(0).error.message.find("boom"), std::string::npos) << some.missing.at(0).error;
}

TEST(Gather, tells_a_function_its_deadline) {
    App app{open("memory:").value()};
    app.answer<Known>("patient", [](const Known&, Deadline deadline) {
        return std::string(deadline > std::chrono::steady_clock::now() ? "in time" : "late");
    });
    EXPECT_EQ(app.gather(Known{"a1"}, {.limit = long_enough})->parts.at(0).answer, "in time");
    EXPECT_EQ(app.gather(Known{"a1"}, {.limit = std::chrono::milliseconds::max()})->parts.at(0).answer, "in time");
}

TEST(Gather, refuses_two_of_one_name_and_a_query_that_nobody_answers) {
    App app = bank::in_memory();
    EXPECT_EQ(app.gather(Known{"a1"}).error().code, Code::unimplemented);
    const auto nothing = [](const Known&) { return std::string(); };
    EXPECT_TRUE(app.answer<Known>("papers", nothing).ok());
    EXPECT_EQ(app.answer<Known>("papers", nothing).error().code, Code::already_exists);
    EXPECT_TRUE(app.project<Owners>().ok());
    EXPECT_EQ(app.project<Owners>().error().code, Code::already_exists);
    EXPECT_EQ(app.answer<Known>("Owners", nothing).error().code, Code::already_exists);
    EXPECT_TRUE(app.answer<Known>("Sums", nothing).ok());
    EXPECT_EQ(app.project<Sums>().error().message, "'Sums' answers query Known already; give it another name");
    const auto failed = app.gather(Known{"a1"}, after(app.send(Deposit{"a1", 1})));
    EXPECT_EQ(failed.error().reason, "account.not_open");
}

TEST(Gather, everybody_is_missing_when_the_app_is_closed) {
    App app = bank::in_memory();
    app.project<Owners>();
    app.close().value();
    const Answers none = app.gather(Known{"a1"}, {.limit = long_enough}).value();
    EXPECT_EQ(none.missing.at(0).error.code, Code::failed_precondition);
    EXPECT_EQ(none.missing.at(0).error.message, "query Known: its App was closed");
}

}  // namespace
}  // namespace varve
