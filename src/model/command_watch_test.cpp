#include "model/command_watch.hpp"
#include "varve/json.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "model/command_queue.hpp"

namespace varve {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;

std::shared_ptr<QueuedCommand> queued(CommandOptions options) {
    return std::make_shared<QueuedCommand>(typeid(int), nullptr,
                                           CommandContext("C", nullptr, detail::stored_form<int>, std::move(options)),
                                           [](const Result<Receipt>&) {});
}

TEST(CommandWatch, tells_who_is_late_and_who_is_cancelled) {
    std::promise<Code> late, cancelled;
    std::map<QueuedCommand*, std::promise<Code>*> told;
    CommandWatch watch([&](QueuedCommand& command, Code code) { told.at(&command)->set_value(code); });
    std::stop_source stop;
    const auto now = std::chrono::steady_clock::now();
    const auto patient = queued({.deadline = now + 1h});
    const auto hasty = queued({.deadline = now + 5ms});
    const auto stopped = queued({.deadline = now + 1h, .cancel = stop.get_token()});
    told = {{hasty.get(), &late}, {stopped.get(), &cancelled}};
    for (const auto& command : {patient, hasty, stopped}) watch.watch(command);
    EXPECT_EQ(late.get_future().get(), Code::deadline_exceeded);
    stop.request_stop();
    EXPECT_EQ(cancelled.get_future().get(), Code::cancelled);
    for (const auto& command : {patient, hasty, stopped}) watch.leave(*command);
}

TEST(CommandWatch, one_that_is_cancelled_already_is_told_too) {
    std::promise<Code> told;
    CommandWatch watch([&](QueuedCommand&, Code code) { told.set_value(code); });
    std::stop_source stop;
    stop.request_stop();
    const auto command = queued({.cancel = stop.get_token()});
    watch.watch(command);
    EXPECT_EQ(told.get_future().get(), Code::cancelled);
    watch.leave(*command);
}

/// Whoever is begun is kept by nobody: nothing gathers up to a far deadline.
TEST(CommandWatch, lets_go_of_what_has_left) {
    CommandWatch watch([](QueuedCommand&, Code) { ADD_FAILURE() << "nobody is to be told"; });
    std::stop_source stop;
    std::vector<std::weak_ptr<QueuedCommand>> kept;
    for (int i = 0; i < 100; ++i) {
        const auto command = queued({.deadline = std::chrono::steady_clock::now() + 1h, .cancel = stop.get_token()});
        kept.push_back(command);
        watch.watch(command);
        watch.leave(*command);
    }
    for (const auto& command : kept) EXPECT_TRUE(command.expired());
    stop.request_stop();
}

TEST(CommandWatch, leaving_and_cancelling_may_meet) {
    CommandWatch watch([](QueuedCommand& command, Code) { command.take(); });
    for (int round = 0; round < 200; ++round) {
        std::stop_source stop;
        const auto command = queued({.deadline = std::chrono::steady_clock::now(), .cancel = stop.get_token()});
        std::latch both(2);
        watch.watch(command);
        std::jthread stops([&] {
            both.arrive_and_wait();
            stop.request_stop();
        });
        both.arrive_and_wait();
        watch.leave(*command);
        command->take();
    }
}

}  // namespace
}  // namespace varve
