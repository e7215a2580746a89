#include "packages/recorder.hpp"

#include <map>
#include <utility>
#include <variant>

namespace packages {
namespace {

constexpr unsigned lane_count = 16;

struct StreamKey {
    std::string operator()(const auto& command) const {
        if constexpr (requires { command.package; }) {
            return command.package;
        } else {
            return "";  // all that goes to the log's own stream
        }
    }
};

}  // namespace

Recorder::Recorder(varve::App& app, Acknowledged acknowledged)
    : app_(app), acknowledged_(std::move(acknowledged)), lanes_(lane_count) {}

varve::Result<> Recorder::add(Line line) {
    if (!waiting_.empty() && waiting_.back().place.at != line.place.at) {
        if (auto flushed = flush(); !flushed) return flushed;
    }
    waiting_.push_back(std::move(line));
    return {};
}

varve::Result<> Recorder::flush() {
    std::map<std::string, std::vector<std::pair<const Line*, Command>>> by_stream;
    for (const Line& line : waiting_) {
        Command command = read_line(line.text, line.place);
        std::string stream = std::visit(StreamKey{}, command);
        by_stream[std::move(stream)].emplace_back(&line, std::move(command));
    }
    std::vector<std::function<void()>> tasks;
    for (const auto& [stream, lines] : by_stream) {
        tasks.emplace_back([this, &lines = lines] {
            for (const auto& [line, command] : lines) record(*line, command);
        });
    }
    lanes_.run(tasks);
    waiting_.clear();
    const std::lock_guard lock(mutex_);
    if (failed_) return *failed_;
    return {};
}

Recorded Recorder::recorded() const {
    return {.lines = lines_, .known = known_, .refused = refused_, .unknown = unknown_};
}

void Recorder::record(const Line& line, const Command& command) {
    {
        const std::lock_guard lock(mutex_);
        if (failed_) return;  // no line may be recorded when one before it is not
    }
    const auto receipt = std::visit([this](const auto& c) { return app_.send(c); }, command);
    if (receipt.ok() && std::holds_alternative<KeepUnknown>(command)) ++unknown_;
    const bool contradicts = !receipt.ok() && receipt.error().code == varve::Code::failed_precondition &&
                             !receipt.error().reason.empty() && receipt.error().reason != "line.recorded";
    if (!contradicts) return settle(line, receipt);
    const auto kept = app_.send(KeepRefused{line.place.log, legible(line.text), receipt.error().reason, line.place});
    if (kept.ok()) ++refused_;
    settle(line, kept);
}

void Recorder::settle(const Line& line, const varve::Result<varve::Receipt>& receipt) {
    if (receipt.ok()) {
        ++lines_;
        if (acknowledged_) acknowledged_(line.place, *receipt);
    } else if (receipt.error().reason == "line.recorded") {
        ++lines_;
        ++known_;
    } else {
        const std::lock_guard lock(mutex_);
        if (!failed_) failed_ = receipt.error();
    }
}

}  // namespace packages
