#include "model/query_route.hpp"

namespace varve {

Result<Position> answer_now(const QueryRoute& route, const void* query, void* answer) {
    const auto begun = QueryMeter::Clock::now();
    auto position = route.place->crew->read({*route.step, query}, answer);
    route.meter->add(position.ok(), QueryMeter::Clock::now() - begun);
    return position;
}

}  // namespace varve
