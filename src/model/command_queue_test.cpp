#include "model/command_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"
#include "varve/limits.hpp"

namespace varve {
namespace {

using std::chrono_literals::operator""ms;

constexpr auto soon = std::chrono::seconds(30);

struct Noted {
    std::string list;
    std::int64_t number = 0;
};
struct List {
    using Events = varve::Events<Noted>;
    std::vector<std::int64_t> numbers;
    void evolve(const Noted& e) { numbers.push_back(e.number); }
};
struct Note {
    std::string list;
    std::int64_t number = 0;
};
/// Into two lists at once.
struct NoteTwice {
    std::string list, other;
    std::int64_t number = 0;
};
/// Changes nothing.
struct Look {
    std::string list;
};
/// Its decision waits until the test opens the gate.
struct Hold {
    std::string list;
};

struct Lists {
    explicit Lists(const AppOptions& options = {}) : app(open("memory:").value(), options) {
        app.handle<Note, List>(&Note::list, [](const Note& c, const List&) { return accept(Noted{c.list, c.number}); });
        app.handle<NoteTwice, List, List>(
            &NoteTwice::list, &NoteTwice::other, [](const NoteTwice& c, const List&, const List&) -> Decision {
                if (c.list == c.other) return accept(on<List>(c.list, Noted{c.list, c.number}));
                return accept(on<List>(c.list, Noted{c.list, c.number}), on<List>(c.other, Noted{c.other, c.number}));
            });
        app.handle<Look, List>(&Look::list, [](const Look&, const List&) { return accept(); });
        app.handle<Hold, List>(&Hold::list, [this](const Hold&, const List&) {
            held.count_down();
            gate.wait();
            return accept();
        });
    }
    ~Lists() {
        if (!gate.try_wait()) gate.count_down();
    }
    /// A command that is at work until the gate is opened.
    std::future<Result<Receipt>> hold(const std::string& list) {
        auto held_back = app.send_async(Hold{list});
        held.wait();
        return held_back;
    }
    std::vector<std::int64_t> numbers(const std::string& list) { return app.load<List>(list).value()->numbers; }

    std::latch held{1}, gate{1};
    App app;
};

std::vector<std::int64_t> first(std::int64_t count) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t n = 0; n < count; ++n) numbers.push_back(n);
    return numbers;
}

TEST(SendAsync, answers_as_send_does) {
    App app = bank::in_memory();
    auto opened = app.send_async(bank::Open{"a1", "Ann"});
    auto rejected = app.send_async(bank::Withdraw{"a1", 5});
    auto nobody = app.send_async(Note{"x", 1});
    EXPECT_EQ(opened.get().value().streams.front().stream, "account-a1");
    EXPECT_EQ(rejected.get().error().reason, "account.insufficient_funds");
    EXPECT_EQ(nobody.get().error().code, Code::unimplemented);
}

TEST(SendAsync, decides_commands_of_one_entity_in_the_order_of_sending) {
    Lists lists;
    constexpr std::int64_t each = 300;
    std::vector<std::future<Result<Receipt>>> answers;
    for (std::int64_t n = 0; n < each; ++n) {
        for (const char* list : {"a", "b", "c", "d"}) answers.push_back(lists.app.send_async(Note{list, n}));
    }
    for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
    for (const char* list : {"a", "b", "c", "d"}) EXPECT_EQ(lists.numbers(list), first(each)) << list;
    EXPECT_EQ(lists.app.commands().at(2).conflicts, 0U) << "they do not meet";
}

/// Each is in the order of all the lists that it is about; nothing waits for itself or in a circle.
TEST(SendAsync, keeps_the_order_over_several_entities) {
    Lists lists;
    std::mt19937 random(7);
    std::vector<std::vector<std::int64_t>> expected(5);
    std::vector<std::future<Result<Receipt>>> answers;
    for (std::int64_t n = 0; n < 1000; ++n) {
        const auto one = random() % expected.size();
        const auto two = random() % expected.size();
        expected[one].push_back(n);
        if (one != two) expected[two].push_back(n);
        answers.push_back(lists.app.send_async(NoteTwice{std::to_string(one), std::to_string(two), n}));
    }
    for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(lists.numbers(std::to_string(i)), expected[i]);
}

TEST(SendAsync, an_entity_at_work_holds_up_no_other) {
    Lists lists;
    auto held = lists.hold("slow");
    auto behind = lists.app.send_async(Note{"slow", 1});
    EXPECT_TRUE(lists.app.send_async(Note{"quick", 1}).get().ok());
    EXPECT_EQ(behind.wait_for(0ms), std::future_status::timeout);
    lists.gate.count_down();
    EXPECT_TRUE(held.get().ok());
    EXPECT_TRUE(behind.get().ok());
}

TEST(SendAsync, completions_of_an_entity_come_in_order_and_once_each) {
    Lists lists;
    constexpr int count = 500;
    std::latch all(count);
    std::vector<int> seen;  // of one entity: one at a time
    for (int n = 0; n < count; ++n) {
        lists.app.send_async(Note{"a", n}, [&, n](Result<Receipt> answer) {
            EXPECT_TRUE(answer.ok()) << answer;
            seen.push_back(n);
            all.count_down();
        });
    }
    all.wait();
    ASSERT_EQ(seen.size(), static_cast<std::size_t>(count));
    EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST(SendAsync, a_completion_that_throws_is_counted_and_stops_nothing) {
    Lists lists;
    lists.app.send_async(Note{"a", 0}, [](const Result<Receipt>&) { throw std::runtime_error("boom"); });
    lists.app.send_async(Note{"a", 1}, [](const Result<Receipt>&) { throw 7; });
    EXPECT_TRUE(lists.app.send_async(Note{"a", 2}).get().ok());
    EXPECT_EQ(lists.numbers("a"), first(3));
    EXPECT_EQ(lists.app.commands().at(2).unanswered, 2U);
}

TEST(SendAsync, a_completion_may_send_on) {
    Lists lists;
    std::promise<Result<Receipt>> last;
    std::function<void(std::int64_t)> next = [&](std::int64_t n) {
        lists.app.send_async(Note{"a", n}, [&, n](Result<Receipt> answer) {
            if (n < 99) return next(n + 1);
            last.set_value(std::move(answer));
        });
    };
    next(0);
    EXPECT_TRUE(last.get_future().get().ok());
    EXPECT_EQ(lists.numbers("a"), first(100));
}

class FullQueue : public testing::Test {
protected:
    void SetUp() override {
        lists_.hold("a");
        for (std::size_t n = 1; n < limits::queued_commands; ++n) {
            lists_.app.send_async(Look{"a"},
                                  [this](const Result<Receipt>& answer) { answered_ += answer.ok() ? 1 : 0; });
        }
    }

    std::atomic<std::size_t> answered_ = 0;
    Lists lists_;
};

TEST_F(FullQueue, refuses_by_choice) {
    const auto refused = lists_.app.send_async(Note{"b", 1}, {.when_full = WhenFull::refuse}).get();
    EXPECT_EQ(refused.error().code, Code::resource_exhausted);
    EXPECT_NE(refused.error().message.find("command Note: 8192 commands are on their way"), std::string::npos)
        << refused;
    EXPECT_EQ(lists_.app.commands().at(1).command, "Look");
    EXPECT_EQ(lists_.app.commands().at(1).queued, limits::queued_commands - 1);
    lists_.gate.count_down();
    EXPECT_TRUE(lists_.app.send_async(Note{"a", 1}).get().ok()) << "what waits finds room";
    EXPECT_EQ(answered_, limits::queued_commands - 1);
    EXPECT_TRUE(lists_.numbers("b").empty());
}

TEST_F(FullQueue, waits_no_longer_than_the_sender_does) {
    const auto late = lists_.app.send_async(Note{"b", 1}, {.deadline = std::chrono::steady_clock::now() + 5ms}).get();
    EXPECT_EQ(late.error().code, Code::deadline_exceeded) << late;
    std::stop_source stop;
    auto cancelled = std::async(
        std::launch::async, [&] { return lists_.app.send_async(Note{"b", 1}, {.cancel = stop.get_token()}).get(); });
    stop.request_stop();
    EXPECT_EQ(cancelled.get().error().code, Code::cancelled);
    EXPECT_TRUE(lists_.numbers("b").empty());
}

TEST_F(FullQueue, lets_go_of_who_waits_when_the_app_is_closed) {
    auto waiting = std::async(std::launch::async, [&] { return lists_.app.send_async(Note{"b", 1}).get(); });
    auto closed = std::async(std::launch::async, [&] { return lists_.app.close(); });
    EXPECT_NE(waiting.get().error().code, Code::deadline_exceeded);
    lists_.gate.count_down();
    EXPECT_TRUE(closed.get().ok());
    EXPECT_EQ(answered_, 0U) << "none of those that waited was begun";
}

/// Nobody waits for an answer for ever, and what was answered is true.
TEST(SendAsync, closing_under_load_answers_everything) {
    for (int round = 0; round < 10; ++round) {
        Store store = open("memory:").value();
        std::atomic<int> written = 0, cancelled = 0, refused = 0, odd = 0;
        {
            App app{store, {.command_threads = 3}};
            app.handle<Note, List>(&Note::list,
                                   [](const Note& c, const List&) { return accept(Noted{c.list, c.number}); });
            const auto count = [&](const Result<Receipt>& answer) {
                if (answer.ok()) {
                    ++written;
                } else if (answer.error().code == Code::cancelled) {
                    ++cancelled;
                } else {
                    ++(answer.error().code == Code::failed_precondition ? refused : odd);
                }
            };
            std::latch begun(3);
            std::vector<std::jthread> senders;
            for (int sender = 0; sender < 3; ++sender) {
                senders.emplace_back([&, sender] {
                    for (int n = 0; n < 400; ++n) {
                        app.send_async(Note{std::to_string(n % 7), sender}, count);
                        if (n == 50) begun.count_down();
                    }
                });
            }
            begun.wait();
            EXPECT_TRUE(app.close().ok());
            EXPECT_TRUE(app.close().ok()) << "idempotent";
        }
        EXPECT_EQ(written + cancelled + refused, 1200);
        EXPECT_EQ(odd, 0);
        EXPECT_EQ(store.head(), Position{static_cast<std::uint64_t>(written)});
    }
}

TEST(SendAsync, a_destroyed_app_leaves_no_future_hanging) {
    std::vector<std::future<Result<Receipt>>> answers;
    {
        Lists lists;
        lists.hold("a");
        for (int n = 0; n < 100; ++n) answers.push_back(lists.app.send_async(Note{"a", n}));
        App moved = std::move(lists.app);
        answers.push_back(moved.send_async(Note{"b", 1}));
        EXPECT_TRUE(answers.back().get().ok()) << "an App that was moved goes on";
        answers.pop_back();
        std::jthread opens([&] { lists.gate.count_down(); });
    }
    for (auto& answer : answers) {
        ASSERT_EQ(answer.wait_for(soon), std::future_status::ready);
        const auto outcome = answer.get();
        EXPECT_TRUE(outcome.ok() || outcome.error().code == Code::cancelled) << outcome;
    }
}

TEST(SendAsync, an_app_is_not_closed_by_its_own_completion) {
    Lists lists;
    std::promise<Result<>> closed;
    lists.app.send_async(Note{"a", 0}, [&](const Result<Receipt>&) { closed.set_value(lists.app.close()); });
    const Result<> answer = closed.get_future().get();
    EXPECT_EQ(answer.error().code, Code::failed_precondition);
    EXPECT_TRUE(lists.app.send(Note{"a", 1}).ok()) << "nothing was closed";
}

TEST(SendAsync, an_app_without_background_is_not_closed_by_its_own_completion) {
    Lists lists({.background = false});
    Result<> closed;
    lists.app.send_async(Note{"a", 0}, [&](const Result<Receipt>&) {
        lists.app.send_async(Note{"b", 0}, [](const Result<Receipt>&) {});
        closed = lists.app.close();
    });
    ASSERT_FALSE(closed.ok());
    EXPECT_EQ(closed.error().code, Code::failed_precondition);
    EXPECT_TRUE(lists.app.close().ok()) << "when it is over, it may be";
}

TEST(SendAsync, what_is_cancelled_before_its_turn_writes_nothing) {
    Lists lists;
    auto held = lists.hold("a");
    std::stop_source stop;
    auto cancelled = lists.app.send_async(Note{"a", 1}, {.cancel = stop.get_token()});
    auto late = lists.app.send_async(Note{"a", 2}, {.deadline = std::chrono::steady_clock::now()});
    auto third = lists.app.send_async(Note{"a", 0});
    stop.request_stop();
    EXPECT_EQ(cancelled.get().error().code, Code::cancelled) << "at once, though what is before it is at work";
    EXPECT_EQ(late.get().error().code, Code::deadline_exceeded);
    EXPECT_EQ(lists.app.commands().at(2).queued, 1U);
    lists.gate.count_down();
    EXPECT_TRUE(third.get().ok());
    EXPECT_EQ(lists.numbers("a"), first(1));
}

TEST(SendAsync, without_background_the_caller_decides) {
    Lists lists({.background = false});
    const auto me = std::this_thread::get_id();
    std::thread::id decided_by, answered_by;
    lists.app.use([&](CommandContext&, const Next& next) {
        decided_by = std::this_thread::get_id();
        return next();
    });
    lists.app.send_async(Note{"a", 0}, [&](const Result<Receipt>&) { answered_by = std::this_thread::get_id(); });
    EXPECT_EQ(decided_by, me);
    EXPECT_EQ(answered_by, me);
}

TEST(SendAsync, a_key_that_throws_is_answered) {
    App app{open("memory:").value()};
    app.handle<Note, List>([](const Note&) -> std::string { throw std::runtime_error("no key"); },
                           [](const Note&, const List&) { return accept(); });
    EXPECT_EQ(app.send_async(Note{"a", 1}).get().error().message, "the key of command Note threw: no key");
}

}  // namespace
}  // namespace varve
