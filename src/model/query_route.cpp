#include "model/query_route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace varve {

namespace {

/// How this read model answers what another projection answers by `step`; nullptr: not at all.
const detail::QueryStep* step_of(const Crew& crew, const detail::QueryStep& step) {
    const auto steps = crew.type().queries;
    const auto found = std::ranges::find(steps, step.query, &detail::QueryStep::query);
    return found == steps.end() ? nullptr : &*found;
}

Error not_in_charge(const Crew& crew, const detail::QueryStep& step) {
    return Error{
        .code = Code::unimplemented,
        .message = fmt::format("projection {} does not answer query {}; the one that does is being rebuilt, and "
                               "not in charge yet",
                               crew.type().name, step.name)};
}

/// Of one in pieces, some may have been taken already.
bool may_ask_again(const detail::QueryStep& step, const Error& error) {
    return !step.pieces || error.code == Code::aborted;
}

}  // namespace

Result<Position> answer_now(const QueryRoute& route, const Crew& crew, const void* query, void* answer) {
    const auto begun = QueryMeter::Clock::now();
    const detail::QueryStep* step = step_of(crew, *route.step);
    auto position =
        step != nullptr ? crew.read({*step, query}, answer) : Result<Position>(not_in_charge(crew, *route.step));
    route.meter->add(position.ok(), QueryMeter::Clock::now() - begun);
    return position;
}

Result<Position> answer_after(const QueryRoute& route, const After& after, Deadline deadline, const void* query,
                              void* answer) {
    auto crew = route.place->crew();
    if (!crew) {
        route.meter->refused();
        return *route.place->failed().error;
    }
    for (;;) {
        const detail::QueryStep* step = step_of(*crew, *route.step);
        Result<> waited = step != nullptr ? crew->wait_for({*step, query}, after, deadline) : Result<>();
        auto answered = waited.ok() ? answer_now(route, *crew, query, answer) : Result<Position>(waited.error());
        if (answered.ok()) return answered;
        // What has ended, or has lost its file, may have been replaced before.
        auto now = route.place->crew();
        if (now == crew || (waited.ok() && !may_ask_again(*route.step, answered.error()))) {
            if (!waited.ok()) route.meter->refused();
            return answered;
        }
        crew = std::move(now);
    }
}

}  // namespace varve
