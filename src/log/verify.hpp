/// Reads every byte of a store's log and says what is wrong with it: varve::verify without the index.
#pragma once

#include "io/files.hpp"
#include "varve/operations.hpp"

namespace varve::log {

/// As varve::verify (varve/operations.hpp), of the log alone and on any files.
[[nodiscard]] Result<VerifyReport> verify(io::Files& files, const io::Path& folder, const VerifyOptions& options = {});

}  // namespace varve::log
