#include "model/standstill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/guard.hpp"

namespace varve {

Result<> hold_still(const Crew& crew, Position limit, Deadline deadline) {
    const ProjectionProgress& progress = crew.only().progress();
    if (progress.wait(limit, deadline) != ProjectionProgress::Waited::late &&
        crew.only().brake().wait_still(deadline)) {
        if (auto error = progress.error()) return std::move(*error);
        if (progress.position() >= limit) return {};
    }
    return Error{.code = Code::deadline_exceeded,
                 .message = fmt::format("projection {} did not come to position {} in time; it is at {}",
                                        crew.type().name, limit.value, progress.position().value)};
}

Result<Position> look_at(const Crew& crew, const ReadModel::Reader& reader) {
    const ProjectionProgress& progress = crew.only().progress();
    if (auto error = progress.error()) return std::move(*error);
    Result<Position> position = Error{};
    const Result<> looked = guarded_with_tables(
        [&]() -> Result<> {
            position = crew.only().model().read(progress.position(), reader);
            return {};
        },
        [&] { return fmt::format("projection {}", crew.type().name); });
    return looked.ok() ? position : Result<Position>(looked.error());
}

Result<> Standstill::meet(Deadline deadline) {
    for (const Side* each : {&one_, &other_}) {
        if (Result<> held = hold_still(each->crew, {}, deadline); !held.ok()) return held;
    }
    const Position at = std::max(one_.crew.position(), other_.crew.position());
    for (const Side* each : {&one_, &other_}) {
        if (each->crew.position() == at) continue;
        each->crew.only().brake().hold_at(at);
        if (Result<> held = hold_still(each->crew, at, deadline); !held.ok()) return held;
    }
    lock();
    return {};
}

}  // namespace varve
