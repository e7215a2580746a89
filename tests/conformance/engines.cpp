#include "conformance/engines.hpp"

namespace varve::conformance {

std::vector<EngineCase> engines() {
    return {
        {.name = "memory",
         .open = [](const std::filesystem::path&) { return open("memory:"); },
         .can_reopen = false,
         .durability = Durability::volatile_},
        {.name = "folder",
         .open = [](const std::filesystem::path& folder) { return open(folder.string()); },
         .can_reopen = true,
         .durability = Durability::durable},
    };
}

}  // namespace varve::conformance
