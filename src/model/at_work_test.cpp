#include "model/at_work.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <utility>

#include "model/bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Deposit;
using bank::Deposited;
using bank::Open;

/// What the App calls does this, once.
std::mutex deed_mutex;
std::function<void()> deed;

void plan(std::function<void()> next) {
    const std::lock_guard lock(deed_mutex);
    deed = std::move(next);
}

void do_it() {
    std::unique_lock lock(deed_mutex);
    const auto once = std::exchange(deed, nullptr);
    lock.unlock();
    if (once) once();
}

struct Ring {
    std::string account;
};
/// Answered in pieces.
struct Each {
    using Pieces = bank::Balance;
};
struct Bell {
    using Answers = int;
};
struct Doing {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<BalanceOf, Each>;
    Table<bank::Balance> balances;
    Effects<Ring> rings;
    void on(const Deposited& e) {
        if (e.cents == 1) do_it();
        if (e.cents == 2) rings.add({e.account});
        balances.put({e.account, e.cents});
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        if (q.account == "do it") do_it();
        return {};
    }
    void answer(const Each&, const Sink<bank::Balance>& out) const { out({"a1", 1}); }
};
struct Doer {
    using Hears = varve::Events<Deposited>;
    static std::string key(const Deposited& e) { return e.account; }
    Steps on(const Deposited& e) {
        if (e.cents == 3) do_it();
        return {};
    }
};

TEST(AtWork, knows_what_a_thread_is_in_the_middle_of) {
    const int a = 0;
    const int b = 0;
    const AtWork outer(&a);
    {
        const AtWork inner(&b);
        EXPECT_TRUE(AtWork::here(&a));
        EXPECT_TRUE(AtWork::here(&b));
    }
    EXPECT_FALSE(AtWork::here(&b));
    EXPECT_FALSE(std::async(std::launch::async, [&] { return AtWork::here(&a); }).get());
}

/// An App whose parts all do what the test wants, from within.
class FromWithin : public ::testing::Test {
protected:
    FromWithin() {
        bank::wire(app_);
        app_.send(Open{"a1", "Ann"}).value();
        app_.perform<Ring>([](const Ring&, const EffectContext&) -> Result<> {
            do_it();
            return {};
        });
        app_.answer<Bell>("bell", [](const Bell&) {
            do_it();
            return 1;
        });
    }
    /// What closing answers to the thread of the App that gets to it when `start` has been called.
    Result<> closed(const std::function<void()>& start) {
        std::promise<Result<>> answer;
        plan([&] { answer.set_value(app_.close()); });
        start();
        return answer.get_future().get();
    }
    /// The same of anything else that can go wrong there.
    template <class Deed>
    Error refusal(const Deed& what, const std::function<void()>& start) {
        std::promise<Error> answer;
        plan([&] {
            const auto done = what();
            answer.set_value(done.ok() ? Error{.code = Code::internal, .message = "it was done"} : done.error());
        });
        start();
        return answer.get_future().get();
    }
    template <class Deed>
    void expect_refused_inside(const Deed& what, const std::function<void()>& start) {
        const Error refused = refusal(what, start);
        EXPECT_EQ(refused.code, Code::failed_precondition) << refused;
        EXPECT_NE(refused.message.find("call it elsewhere"), std::string::npos) << refused;
    }
    void deposit(std::int64_t cents) { app_.send(Deposit{"a1", cents}).value(); }
    void expect_refused(const Result<>& closed) {
        ASSERT_FALSE(closed.ok());
        EXPECT_EQ(closed.error().code, Code::failed_precondition);
        EXPECT_TRUE(app_.send(Deposit{"a1", 4}).ok()) << "nothing was closed";
        EXPECT_TRUE(app_.close().ok());
    }

    TempFolder folder_;
    App app_{open("memory:").value()};
};

class FromWithinLife : public FromWithin, public ::testing::WithParamInterface<Life> {};

TEST_P(FromWithinLife, a_handler_in_memory_does_not_close_its_app) {
    app_.project<Doing>({.life = GetParam()});
    expect_refused(closed([&] {
        deposit(1);
        EXPECT_TRUE(app_.ask(BalanceOf{}, {.position = Position{2}}).ok());
    }));
}

TEST_P(FromWithinLife, a_handler_over_a_file_does_not_close_its_app) {
    app_.project<Doing>({.file = sqlite(folder_.file("d.db")), .life = GetParam()});
    expect_refused(closed([&] {
        deposit(1);
        EXPECT_TRUE(app_.ask(BalanceOf{}, {.position = Position{2}}).ok());
    }));
}

TEST_P(FromWithinLife, an_effect_does_not_close_its_app) {
    app_.project<Doing>({.life = GetParam()});
    expect_refused(closed([&] {
        deposit(2);
        EXPECT_TRUE(app_.ask(BalanceOf{}, {.position = Position{2}}).ok());
    }));
}

TEST_P(FromWithinLife, an_answer_from_memory_does_not_close_its_app) {
    app_.project<Doing>({.life = GetParam()});
    expect_refused(closed([&] { EXPECT_TRUE(app_.ask(BalanceOf{"do it"}).ok()); }));
}

TEST_P(FromWithinLife, who_receives_pieces_from_memory_does_not_close_the_app) {
    app_.project<Doing>({.life = GetParam()});
    expect_refused(closed([&] { EXPECT_TRUE(app_.stream(Each{}, [](const bank::Balance&) { do_it(); }).ok()); }));
}

TEST_P(FromWithinLife, an_answer_from_memory_changes_nothing_that_would_wait_for_it) {
    app_.project<Doing>({.life = GetParam()});
    auto rebuild = app_.rebuild<Doing>().value();
    ASSERT_TRUE(rebuild.wait(std::chrono::seconds(20)).ok());
    const auto ask = [&] { EXPECT_TRUE(app_.ask(BalanceOf{"do it"}).ok()); };
    expect_refused_inside([&] { return app_.retry<Doing>("account-a1"); }, ask);
    expect_refused_inside([&] { return app_.discard<Doing>("account-a1"); }, ask);
    expect_refused_inside([&] { return app_.watch(BalanceOf{"a1"}); }, ask);
    expect_refused_inside([&] { return rebuild.diff(); }, ask);
    expect_refused_inside([&] { return rebuild.cut_over(); }, ask);
    expect_refused_inside([&] { return rebuild.cancel(); }, ask);
    EXPECT_TRUE(rebuild.cut_over().ok());
    expect_refused_inside([&] { return rebuild.roll_back(); }, ask);
    expect_refused_inside([&] { return rebuild.finish(); }, ask);
    EXPECT_TRUE(rebuild.finish().ok());
    expect_refused_inside([&] { return app_.rebuild<Doing>(); }, ask);
}

TEST_P(FromWithinLife, a_handler_changes_nothing_that_would_wait_for_it) {
    for (const bool file : {false, true}) {
        App app{open("memory:").value()};
        bank::wire(app);
        app.send(Open{"a1", "Ann"}).value();
        ProjectionOptions options{.life = GetParam()};
        if (file) options.file = sqlite(folder_.file("d.db"));
        app.project<Doing>(options);
        auto rebuild = app.rebuild<Doing>().value();
        ASSERT_TRUE(rebuild.wait(std::chrono::seconds(20)).ok());
        const auto handle = [&] {
            // The one that is built hears of it, too, and may be the first.
            const auto receipt = app.send(Deposit{"a1", 1});
            EXPECT_TRUE(app.ask(BalanceOf{"a1"}, after(receipt, std::chrono::seconds(20))).ok());
        };
        expect_refused_inside([&] { return rebuild.cut_over(); }, handle);
        expect_refused_inside([&] { return rebuild.cancel(); }, handle);
        ASSERT_TRUE(rebuild.cancel().ok());
        expect_refused_inside([&] { return app.rebuild<Doing>(); }, handle);
        expect_refused_inside([&] { return app.watch(BalanceOf{"a1"}); }, handle);
    }
}

/// It is the thread that follows for it that runs the handler.
TEST_P(FromWithinLife, a_handler_closes_a_live_query_and_does_not_wait_for_itself) {
    app_.project<Doing>({.life = GetParam()});
    auto live = app_.watch(BalanceOf{"a1"}).value();
    std::promise<void> closed;
    plan([&] {
        live.close();
        closed.set_value();
    });
    deposit(1);
    closed.get_future().get();
    for (std::int64_t cents = 5; cents < 8; ++cents) {
        const auto receipt = app_.send(Deposit{"a1", cents});
        EXPECT_TRUE(app_.ask(BalanceOf{"a1"}, after(receipt)).ok());
    }
    EXPECT_TRUE(app_.watch(BalanceOf{"a1"})->next().ok()) << "others may watch";
    EXPECT_TRUE(app_.close().ok());
}

INSTANTIATE_TEST_SUITE_P(Lives, FromWithinLife, ::testing::Values(Life::inlined, Life::async, Life::live));

TEST_F(FromWithin, a_process_does_not_close_its_app) {
    app_.run<Doer>();
    expect_refused(closed([&] { deposit(3); }));
}

TEST_F(FromWithin, a_function_that_answers_does_not_close_its_app) {
    expect_refused(closed([&] { EXPECT_TRUE(app_.gather(Bell{})->complete()); }));
}

TEST_F(FromWithin, a_handler_does_not_take_keys_out_of_its_own_quarantine) {
    app_.project<Doing>();
    app_.run<Doer>();
    std::promise<Result<>> retried, heard;
    plan([&] { retried.set_value(app_.retry<Doing>("account-a1")); });
    deposit(1);
    EXPECT_EQ(retried.get_future().get().error().code, Code::failed_precondition);
    plan([&] { heard.set_value(app_.retry("Doer", "a1")); });
    deposit(3);
    EXPECT_EQ(heard.get_future().get().error().code, Code::failed_precondition);
}

TEST(FromWithinOnDemand, a_process_that_settles_its_app_waits_in_vain) {
    App app{open("memory:").value(), {.background = false}};
    bank::wire(app);
    app.send(Open{"a1", "Ann"}).value();
    app.run<Doer>();
    Result<> settled;
    plan([&] { settled = app.settle(std::chrono::milliseconds(1)); });
    app.send(Deposit{"a1", 3}).value();
    EXPECT_TRUE(app.settle().ok());
    ASSERT_FALSE(settled.ok());
    EXPECT_EQ(settled.error().code, Code::deadline_exceeded);
}

}  // namespace
}  // namespace varve
