#include "varve/process.hpp"

#include <iterator>

namespace varve {

Steps& Steps::add(Steps more) {
    std::move(more.commands_.begin(), more.commands_.end(), std::back_inserter(commands_));
    std::move(more.timers_.begin(), more.timers_.end(), std::back_inserter(timers_));
    std::move(more.cancelled_.begin(), more.cancelled_.end(), std::back_inserter(cancelled_));
    finished_ = finished_ || more.finished_;
    if (more.error_) fail(std::move(*more.error_));
    return *this;
}

void Steps::add_command(std::string_view command, Result<std::string> data) {
    if (!data.ok()) {
        fail(std::move(data).within("command " + std::string(command) + " cannot be recorded").error());
        return;
    }
    commands_.push_back({std::string(command), std::move(*data)});
}

void Steps::add_timer(TimerToSet timer, Result<std::string> data) {
    if (!data.ok()) {
        fail(std::move(data).within("timer '" + timer.name + "' cannot be recorded").error());
        return;
    }
    timer.data = std::move(*data);
    timers_.push_back(std::move(timer));
}

Steps cancel(std::string name) {
    Steps steps;
    steps.add_cancelled(std::move(name));
    return steps;
}

Steps finish() {
    Steps steps;
    steps.finish();
    return steps;
}

std::string_view to_string(ProcessStatus::State state) {
    switch (state) {
        case ProcessStatus::State::starting: return "starting";
        case ProcessStatus::State::catching_up: return "catching up";
        case ProcessStatus::State::live: return "live";
        case ProcessStatus::State::stopped: return "stopped";
        case ProcessStatus::State::failed: return "failed";
    }
    return "unknown";
}

}  // namespace varve
