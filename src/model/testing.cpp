#include "varve/testing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

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

std::string side_by_side(std::string_view command, const std::vector<std::string>& expected,
                         const std::vector<std::string>& actual) {
    constexpr std::string_view heading = "expected";
    std::size_t width = heading.size();
    for (const std::string& line : expected) width = std::max(width, line.size());
    std::string text = fmt::format("{} was decided otherwise\n    {:<{}}   actual\n", command, heading, width);
    const std::string none = "-";
    for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
        const std::string& left = i < expected.size() ? expected[i] : none;
        const std::string& right = i < actual.size() ? actual[i] : none;
        text += fmt::format("  {} {:<{}}   {}\n", left == right ? ' ' : '!', left, width, right);
    }
    return text;
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
    if (wanted != actual) throw Mismatch(side_by_side(command_, wanted, actual));
}

void apply(std::span<const detail::Step> steps, void* target, const std::vector<NewEvent>& events) {
    const InClear clear;
    Event event{};
    for (const NewEvent& given : events) {
        event.stream = given.stream;
        event.type = given.type;
        event.data = given.data;
        event.content_type = given.content_type;
        if (const detail::Step* step = detail::find_step(steps, given.type); step != nullptr) {
            step->apply(target, event).value();
        }
        ++event.position;
    }
}

}  // namespace varve::testing
