#include "model/property.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/side_by_side.hpp"

namespace varve::testing {

void History::take(Decision decision) {
    if (decision.error()) throw Failure(*decision.error());
    for (NewEvent& event : std::move(decision).take_events()) {
        if (event.stream.empty()) event.stream = "any-1";
        events_.push_back(std::move(event));
    }
}

namespace property {

namespace {

class OpenSeals final : public detail::Sealer {
public:
    Result<std::string> seal(const detail::SealPlace&, std::string_view clear) override {
        return "open " + std::string(clear);
    }
    Result<std::string> open(const detail::SealPlace&, std::string_view token) const override {
        return std::string(token.substr(5));
    }
    [[nodiscard]] bool forgotten(std::string_view) const override { return false; }
};

/// The first part of the events that has a problem; then without whatever is not needed for it.
Problem shrink(std::vector<NewEvent>& events, Problem problem, const Find& find) {
    for (std::size_t size = 0; size < events.size(); ++size) {
        std::vector<NewEvent> part(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(size));
        auto found = find(part);
        if (!found) continue;
        events = std::move(part);
        problem = std::move(*found);
    }
    for (std::size_t at = events.size(); at > 0; --at) {
        std::vector<NewEvent> fewer = events;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at - 1));
        auto found = find(fewer);
        if (!found) continue;
        events = std::move(fewer);
        problem = std::move(*found);
    }
    return problem;
}

std::string told(std::string_view name, std::uint64_t seed, const std::vector<NewEvent>& events,
                 const Problem& problem) {
    std::string text = fmt::format("{}: {}, with seed {} (once more: {{.runs = 1, .seed = {}}}) and the events\n", name,
                                   problem.what, seed, seed);
    for (const NewEvent& event : events) text += fmt::format("    {}: {} {}\n", event.stream, event.type, event.data);
    return side_by_side(text + "after which there is", problem.expected, problem.actual);
}

}  // namespace

KeysHere open_seals() {
    return KeysHere(std::make_shared<OpenSeals>());
}

void try_histories(std::string_view name, const PropertyOptions& options, const MakeHistory& make, const Find& find) {
    const KeysHere keys = open_seals();
    for (std::uint64_t seed = options.seed; seed - options.seed < options.runs; ++seed) {
        Random random(seed);
        History history;
        make(random, history);
        std::vector<NewEvent> events = history.events();
        auto problem = find(events);
        if (!problem) continue;
        const Problem smallest = shrink(events, std::move(*problem), find);
        throw Mismatch(told(name, seed, events, smallest));
    }
}

std::vector<NewEvent> accepted(const std::vector<NewEvent>& events,
                               const std::function<void(const std::vector<NewEvent>&)>& read) {
    std::vector<NewEvent> good;
    for (const NewEvent& event : events) {
        good.push_back(event);
        try {
            read(good);
        } catch (...) {
            good.pop_back();
        }
    }
    return good;
}

void append_in_pieces(Store& store, const std::vector<NewEvent>& events, Random& random) {
    for (std::size_t at = 0; at < events.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random.below(4), events.size() - at);
        Commit commit;
        commit.events.assign(events.begin() + static_cast<std::ptrdiff_t>(at),
                             events.begin() + static_cast<std::ptrdiff_t>(at + size));
        static_cast<void>(store.append(std::move(commit)).value());
        at += size;
    }
}

}  // namespace property
}  // namespace varve::testing
