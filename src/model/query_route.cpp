#include "model/query_route.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/guard.hpp"

namespace varve {

Result<Position> answer_now(QueryPlace& place, const detail::QueryStep& step, const void* query, void* answer) {
    Worker& worker = *place.worker;
    if (auto error = worker.progress().error()) return std::move(*error).within(fmt::format("query {}", step.name));
    Result<Position> position = Error{};
    const Result<> answered = guarded_with_tables(
        [&]() -> Result<> {
            position = worker.model().read(worker.progress().position(),
                                           [&](const void* projection) { step.answer(projection, query, answer); });
            return {};
        },
        [&] { return fmt::format("answer({}) of projection {}", step.name, worker.type().name); });
    if (!answered.ok()) return answered.error();
    return position;
}

}  // namespace varve
