/// What a snapshot depends on besides the events themselves, in one word.
#pragma once

#include <string>

#include "model/loaded_code.hpp"
#include "varve/detail/step.hpp"
#include "varve/result.hpp"

namespace varve {

/// Another one whenever the shape of the state changes, or the shape or name of an event that it is folded from, or the
/// code: its `snapshot_version` where it has one, else anything in the program and its libraries. Errors: why the state
/// cannot be kept.
[[nodiscard]] Result<std::string> fingerprint_of(const detail::StateType& type, const LoadedCode& code);

}  // namespace varve
