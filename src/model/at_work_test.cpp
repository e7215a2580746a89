#include "model/at_work.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
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
std::function<void()> deed;

void do_it() {
    if (const auto once = std::exchange(deed, nullptr)) once();
}

struct Ring {
    std::string account;
};
struct Bell {
    using Answers = int;
};
struct Doing {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    Table<bank::Balance> balances;
    Effects<Ring> rings;
    void on(const Deposited& e) {
        if (e.cents == 1) do_it();
        if (e.cents == 2) rings.add({e.account});
        balances.put({e.account, e.cents});
    }
    std::optional<std::int64_t> answer(const BalanceOf&) const { return {}; }
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
        deed = [&] { answer.set_value(app_.close()); };
        start();
        return answer.get_future().get();
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
    deed = [&] { retried.set_value(app_.retry<Doing>("account-a1")); };
    deposit(1);
    EXPECT_EQ(retried.get_future().get().error().code, Code::failed_precondition);
    deed = [&] { heard.set_value(app_.retry("Doer", "a1")); };
    deposit(3);
    EXPECT_EQ(heard.get_future().get().error().code, Code::failed_precondition);
}

TEST(FromWithinOnDemand, a_process_that_settles_its_app_waits_in_vain) {
    App app{open("memory:").value(), {.background = false}};
    bank::wire(app);
    app.send(Open{"a1", "Ann"}).value();
    app.run<Doer>();
    Result<> settled;
    deed = [&] { settled = app.settle(std::chrono::milliseconds(1)); };
    app.send(Deposit{"a1", 3}).value();
    EXPECT_TRUE(app.settle().ok());
    ASSERT_FALSE(settled.ok());
    EXPECT_EQ(settled.error().code, Code::deadline_exceeded);
}

}  // namespace
}  // namespace varve
