#include "varve/engine.hpp"

namespace varve {

EventSource::~EventSource() = default;

Engine::~Engine() = default;

}  // namespace varve
