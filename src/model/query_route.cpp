#include "model/query_route.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/guard.hpp"

namespace varve {

namespace {

Result<Position> read_now(Worker& worker, const detail::QueryStep& step, const void* query, void* answer) {
    if (worker.progress().failed()) return worker.progress().error().value().within(fmt::format("query {}", step.name));
    Result<Position> position = Error{};
    const Result<> answered = guarded_with_tables(
        [&]() -> Result<> {
            position = worker.model().read(worker.progress().position(),
                                           [&](const void* projection) { step.answer(projection, query, answer); });
            return {};
        },
        [&] { return fmt::format("answer({}) of projection {}", step.name, worker.type().name); });
    if (!answered.ok()) return answered.error();
    if (!position.ok()) {
        return std::move(position).error().within(
            fmt::format("query {}: projection {}", step.name, worker.type().name));
    }
    return position;
}

}  // namespace

Result<Position> answer_now(const QueryRoute& route, const void* query, void* answer) {
    const auto begun = QueryMeter::Clock::now();
    auto position = read_now(*route.place->worker, *route.step, query, answer);
    route.meter->add(position.ok(), QueryMeter::Clock::now() - begun);
    return position;
}

Error behind(const Worker& worker, std::string_view query, const After& after) {
    const Position at = worker.progress().position();
    return Error{
        .code = Code::deadline_exceeded,
        .message = fmt::format(
            "query {}: projection {} did not reach position {} within {} ms; it is at {}, {} events behind; ask "
            "again, or without after for the rows as they are",
            query, worker.type().name, after.position.value, after.limit.count(), at.value,
            after.position > at ? after.position - at : 0)};
}

Result<> wait_for(const Worker& worker, std::string_view query, const After& after, Deadline deadline) {
    switch (worker.progress().wait(after.position, deadline)) {
        case ProjectionProgress::Waited::reached: return {};
        case ProjectionProgress::Waited::late: return behind(worker, query, after);
        case ProjectionProgress::Waited::ended: break;
    }
    if (auto error = worker.progress().error()) return std::move(*error).within(fmt::format("query {}", query));
    return Error{
        .code = Code::failed_precondition,
        .message = fmt::format("query {}: projection {} was stopped with its App at position {}, before position {}",
                               query, worker.type().name, worker.progress().position().value, after.position.value)};
}

}  // namespace varve
