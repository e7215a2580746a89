#include "model/standstill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/guard.hpp"

namespace varve {

Result<> hold_still(Worker& worker, Position limit, Deadline deadline) {
    const ProjectionProgress& progress = worker.progress();
    if (progress.wait(limit, deadline) != ProjectionProgress::Waited::late && worker.brake().wait_still(deadline)) {
        if (auto error = progress.error()) return std::move(*error);
        if (progress.position() >= limit) return {};
    }
    return Error{.code = Code::deadline_exceeded,
                 .message = fmt::format("projection {} did not come to position {} in time; it is at {}",
                                        worker.type().name, limit.value, progress.position().value)};
}

namespace {

/// The parts that are looked at stay as they are until the last one is.
Result<> look_at_each(Crew::Workers workers, std::vector<const void*>& parts, const PartsReader& reader) {
    if (parts.size() == workers.size()) {
        reader(parts);
        return {};
    }
    Worker& worker = *workers[parts.size()];
    if (auto error = worker.progress().error()) return std::move(*error);
    Result<> rest;
    const auto read = worker.model().read(worker.progress().position(), [&](const void* projection) {
        parts.push_back(projection);
        rest = look_at_each(workers, parts, reader);
        parts.pop_back();
    });
    return read.ok() ? rest : Result<>(read.error());
}

}  // namespace

Result<> look_at(const Crew& crew, const PartsReader& reader) {
    std::vector<const void*> parts;
    return guarded_with_tables([&] { return look_at_each(crew.workers(), parts, reader); },
                               [&] { return fmt::format("projection {}", crew.type().name); });
}

Standstill::Standstill(const Crew& one, const Crew& other) {
    for (const Crew* crew : {&one, &other}) {
        for (const auto& worker : crew->workers()) parts_.push_back({*crew, *worker, {}});
    }
    for (const Part& part : parts_) part.worker.brake().hold_at({});
}

Standstill::~Standstill() {
    for (Part& part : parts_) part.go();
}

Result<> Standstill::meet(Deadline deadline) {
    for (const Part& part : parts_) {
        if (Result<> held = hold_still(part.worker, {}, deadline); !held.ok()) return held;
    }
    Position at;
    for (const Part& part : parts_) at = std::max(at, part.worker.progress().position());
    for (const Part& part : parts_) {
        if (part.worker.progress().position() != at) part.worker.brake().hold_at(at);
    }
    for (const Part& part : parts_) {
        if (Result<> held = hold_still(part.worker, at, deadline); !held.ok()) return held;
    }
    lock();
    return {};
}

void Standstill::lock() {
    // Somebody may be about to retry a key. In one order, whichever of the two is named first.
    std::vector<Part*> ordered;
    for (Part& part : parts_) ordered.push_back(&part);
    std::ranges::sort(ordered, std::ranges::less(), [](const Part* part) { return &part->worker; });
    for (Part* part : ordered) part->rows = part->worker.lock_rows();
}

void Standstill::release_files() {
    for (Part& part : parts_) {
        if (part.crew.options().file) part.go();
    }
}

}  // namespace varve
