/// What an event's metadata says about the command behind it.
#pragma once

#include <string>

#include "varve/command.hpp"

namespace varve {

/// The metadata of every event of a command: a JSON object with `$correlationId` and `$causationId` where given,
/// then the rest; empty when there is nothing to say.
[[nodiscard]] Result<std::string> event_metadata(const CommandOptions& options);

}  // namespace varve
