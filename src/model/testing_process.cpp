#include "varve/testing_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/side_by_side.hpp"

namespace varve::testing {

namespace {

/// `24h`, `90min`, `1500ms`: in the largest unit that divides it.
std::string text_of(std::chrono::microseconds time) {
    using Unit = std::pair<std::int64_t, std::string_view>;
    static constexpr std::array<Unit, 5> units{
        Unit{3'600'000'000, "h"}, {60'000'000, "min"}, {1'000'000, "s"}, {1000, "ms"}, {1, "us"}};
    for (const auto& [size, name] : units) {
        if (time.count() % size == 0) return fmt::format("{}{}", time.count() / size, name);
    }
    return {};
}

std::string text_of(const TimerToSet& timer) {
    const auto* after = std::get_if<std::chrono::microseconds>(&timer.due);
    return fmt::format(
        "timer {} {} {} {}", timer.name,
        after != nullptr ? "after " + text_of(*after) : "at " + to_string(std::get<Timestamp>(timer.due)), timer.type,
        timer.data);
}

std::vector<std::string> commands_of(const Steps& steps) {
    std::vector<std::string> lines;
    for (const CommandToSend& command : steps.commands()) {
        lines.push_back(fmt::format("send {} {}", command.command, command.data));
    }
    return lines;
}

std::vector<std::string> lines_of(const Steps& steps) {
    if (steps.error()) return {"not storable: " + steps.error()->message};
    std::vector<std::string> lines = commands_of(steps);
    for (const TimerToSet& timer : steps.timers()) lines.push_back(text_of(timer));
    for (const std::string& name : steps.cancelled()) lines.push_back("cancel " + name);
    if (steps.finished()) lines.emplace_back("finish");
    if (lines.empty()) lines.emplace_back("nothing");
    return lines;
}

}  // namespace

Error rejection(std::string reason, std::string message) {
    return {.code = Code::failed_precondition, .message = std::move(message), .reason = std::move(reason)};
}

StepsOutcome::StepsOutcome(std::string_view process, std::string_view heard, Steps steps,
                           const detail::ProcessType& type)
    : what_(fmt::format("{} answered {} otherwise", process, heard)), steps_(std::move(steps)) {
    for (const CommandToSend& command : steps_.commands()) {
        if (std::ranges::find(type.sends, command.command, &detail::SendStep::command) == type.sends.end()) {
            steps_.fail({.code = Code::invalid_argument,
                         .message = fmt::format("it sends {}, which its Sends do not list", command.command)});
        }
    }
    for (const TimerToSet& timer : steps_.timers()) {
        if (std::ranges::find(type.timers, timer.type, &detail::TimerStep::fact) == type.timers.end()) {
            steps_.fail({.code = Code::invalid_argument,
                         .message = fmt::format("its timer brings back {}, which its Timers do not list", timer.type)});
        }
    }
}

const StepsOutcome& StepsOutcome::then_cancels(std::string name) const {
    find(cancel(std::move(name)));
    return *this;
}

const StepsOutcome& StepsOutcome::then_finishes() const {
    find(finish());
    return *this;
}

void StepsOutcome::compare(const Steps& expected) const {
    const auto wanted = lines_of(expected);
    const auto actual = lines_of(steps_);
    if (wanted != actual) throw Mismatch(side_by_side(what_, wanted, actual));
}

void StepsOutcome::compare_commands(const Steps& expected) const {
    if (steps_.error()) return compare(expected);
    const auto wanted = commands_of(expected);
    const auto actual = commands_of(steps_);
    if (wanted != actual) throw Mismatch(side_by_side(what_, wanted, actual));
}

void StepsOutcome::find(const Steps& expected) const {
    const auto wanted = lines_of(expected);
    const auto actual = lines_of(steps_);
    if (std::ranges::find(actual, wanted.front()) == actual.end()) throw Mismatch(side_by_side(what_, wanted, actual));
}

}  // namespace varve::testing
