/// One seed: a world, several lives of a store in it, all that can go wrong, and the oracle beside it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "simulation/world.hpp"

namespace varve::simulation {

struct RunOptions {
    std::uint64_t seed = 0;
    /// 0: faults are drawn too. Otherwise there are none but a power cut at this I/O call, counted from the beginning.
    std::uint64_t cut = 0;
    /// No faults at all, not even at the end of a life: to count the calls.
    bool calm = false;
    std::ostream* tell = nullptr;  ///< where each step is written
    Disguise disguise = {};
};

struct RunReport {
    std::string violation;  ///< empty: every promise was kept
    std::uint64_t events = 0;
    std::uint64_t lives = 0;
    std::uint64_t faults = 0;  ///< failed calls, crashes, damage
    std::uint64_t calls = 0;   ///< I/O calls of a calm run
    std::uint64_t digest = 0;  ///< of all steps: equal for equal seeds

    [[nodiscard]] bool ok() const { return violation.empty(); }
};

[[nodiscard]] RunReport run(const RunOptions& options);

/// The command that runs it again.
[[nodiscard]] std::string replay_line(const RunOptions& options);

}  // namespace varve::simulation
