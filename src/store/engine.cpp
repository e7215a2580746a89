#include "varve/engine.hpp"

namespace varve {

EventSource::~EventSource() = default;

Engine::~Engine() = default;

Result<CompactReport> Engine::compact(const CompactOptions&) {
    return CompactReport{};
}

}  // namespace varve
