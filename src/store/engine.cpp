#include "varve/engine.hpp"

namespace varve {

EventSource::~EventSource() = default;

Engine::~Engine() = default;

std::optional<Removals> Engine::removals() const {
    return std::nullopt;
}

Result<CompactReport> Engine::compact(const CompactOptions&) {
    return CompactReport{};
}

}  // namespace varve
