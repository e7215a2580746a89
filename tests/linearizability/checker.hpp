/// Was there one order of all that happened, in accord with real time, which explains every answer? The positions give
/// the order, so the question takes n log n steps instead of a search.
#pragma once

#include <string>
#include <vector>

#include "linearizability/history.hpp"

namespace varve::linearizability {

/// What is wrong with a history, a sentence each; empty when it is linearizable.
[[nodiscard]] std::vector<std::string> faults_of(const History& history);

}  // namespace varve::linearizability
