#include "varve/testing.hpp"

#include <fmt/format.h>

#include "model/side_by_side.hpp"

namespace varve::testing {

namespace {

std::vector<std::string> lines_of(const Decision& decision) {
    if (decision.error()) return {"not storable: " + decision.error()->message};
    if (!decision.accepted()) return {"rejected: " + decision.rejection().reason};
    std::vector<std::string> lines;
    for (const NewEvent& event : decision.events()) {
        lines.push_back(
            fmt::format("{}{}{} {}", event.stream, event.stream.empty() ? "" : ": ", event.type, event.data));
    }
    if (lines.empty()) lines.emplace_back("accepted, no event");
    return lines;
}

template <class S, class F>
void each_step(const detail::StepTable<S>& steps, const std::vector<NewEvent>& events, const F& apply) {
    const InClear clear;
    Event event{};
    for (const NewEvent& given : events) {
        event.stream = given.stream;
        event.type = given.type;
        event.data = given.data;
        event.content_type = given.content_type;
        if (const S* step = steps.step_for(event).value(); step != nullptr) apply(*step, event);
        ++event.position;
    }
}

}  // namespace

Mismatch::~Mismatch() = default;

const Outcome& Outcome::then_rejected(std::string_view reason) const {
    compare(reject(std::string(reason)));
    return *this;
}

void Outcome::compare(const Decision& expected) const {
    const auto wanted = lines_of(expected);
    const auto actual = lines_of(decision_);
    if (wanted != actual) throw Mismatch(side_by_side(command_ + " was decided otherwise", wanted, actual));
}

void apply(const detail::StepTable<detail::Step>& steps, void* target, const std::vector<NewEvent>& events) {
    each_step(steps, events, [&](const detail::Step& step, const Event& event) { step.apply(target, event).value(); });
}

void apply(const detail::StepTable<detail::OnStep>& steps, void* target, const std::vector<NewEvent>& events) {
    each_step(steps, events,
              [&](const detail::OnStep& step, const Event& event) { step.apply(target, event, Partition()).value(); });
}

}  // namespace varve::testing
