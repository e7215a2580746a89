/// From a query to the read model that answers it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "model/query_meter.hpp"
#include "model/worker.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"

namespace varve {

/// A projection that runs, or the reason why it does not.
struct QueryPlace {
    const detail::ProjectionType* type;
    std::unique_ptr<Worker> worker;
    std::optional<ProjectionStatus> failed;
};

struct QueryRoute {
    std::shared_ptr<QueryPlace> place;
    const detail::QueryStep* step;
    std::shared_ptr<QueryMeter> meter = std::make_shared<QueryMeter>();
};

/// Asks the read model as it is now, counts that, and answers its position; `answer` is what the step takes. The place has
/// a worker.
[[nodiscard]] Result<Position> answer_now(const QueryRoute& route, const void* query, void* answer);

/// Waits until the rows reflect what the answer must have seen. `query` is its name, for the error.
[[nodiscard]] Result<> wait_for(const Worker& worker, std::string_view query, const After& after, Deadline deadline);
/// `deadline_exceeded`, and how far behind it is.
[[nodiscard]] Error behind(const Worker& worker, std::string_view query, const After& after);

}  // namespace varve
