/// The engines that must pass the suite. A new engine joins with one line in engines.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "varve/store.hpp"

namespace varve::conformance {

struct EngineCase {
    std::string name;
    /// Opens a store of the engine in an empty folder of its own (or, asked again with the same folder after a
    /// close, the same store).
    std::function<Result<Store>(const std::filesystem::path& folder)> open;
    bool can_reopen = false;                      ///< closing keeps the events
    Durability durability = Durability::durable;  ///< what its receipts must say

    friend std::ostream& operator<<(std::ostream& out, const EngineCase& engine) { return out << engine.name; }
};

[[nodiscard]] std::vector<EngineCase> engines();

/// Names a test after its engine: the last argument of INSTANTIATE_TEST_SUITE_P.
inline constexpr auto engine_name = [](const auto& tested) { return tested.param.name; };

}  // namespace varve::conformance
