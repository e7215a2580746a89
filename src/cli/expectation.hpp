/// `--expect`: what a stream must be like.
#pragma once

#include <optional>

#include "cli/command_line.hpp"
#include "varve/commit.hpp"

namespace varve::cli {

inline constexpr const char* expectation_values = "any|none|exists|REVISION";

/// Reads one of expectation_values into `into`, which must live until the action has run.
[[nodiscard]] Command::Parse expectation_parser(std::optional<Expected>& into);

}  // namespace varve::cli
