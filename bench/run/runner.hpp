/// Runs the cases: in each round, R and then every contender in turn, so that a machine that drifts drifts for all.
#pragma once

#include <span>

#include "cases/workload.hpp"
#include "disk/probe.hpp"
#include "figures/report.hpp"

namespace varve::bench {

/// Runs one case; a contender that fails drops out of it with its error. `cancelled` rows mean an interrupt.
[[nodiscard]] CaseResult run_case(const Case& which, std::span<const Contender> contenders, unsigned rounds,
                                  Probe& probe, const Scale& scale, Progress& progress);

}  // namespace varve::bench
