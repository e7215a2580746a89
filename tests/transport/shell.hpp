/// Runs a client of another maker.
#pragma once

#include <string>

namespace transport {

/// What a command has printed, with its errors.
[[nodiscard]] std::string output_of(const std::string& command);

}  // namespace transport
