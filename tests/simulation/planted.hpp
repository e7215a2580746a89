/// What the tests of planted bugs share.
#pragma once

#include <cstdint>
#include <string>

#include "simulation/run.hpp"

namespace varve::simulation {

/// What the first run that fails says; empty when none of the seeds from 1 on does.
inline std::string found(const Disguise& disguise, std::uint64_t seeds) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const RunReport report = run({.seed = seed, .disguise = disguise});
        if (!report.ok()) return report.violation;
    }
    return {};
}

}  // namespace varve::simulation
