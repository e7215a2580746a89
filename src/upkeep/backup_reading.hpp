/// Reading a backup: what it holds, and whether it is whole.
#pragma once

#include "io/environment.hpp"
#include "upkeep/history.hpp"
#include "varve/operations.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

/// Does the folder hold a backup, or a part of one that was interrupted?
[[nodiscard]] bool looks_like_backup(io::Files& files, const io::Path& folder);

/// The history that a backup holds, its files checked as far as headers and footers. `failed_precondition` when the
/// folder is no whole backup, `data_loss` when files of it are missing or damaged.
[[nodiscard]] Result<History> history_of_backup(const io::Environment& environment, const io::Path& folder);

/// As varve::verify, of a backup.
[[nodiscard]] Result<VerifyReport> verify_backup(io::Files& files, const io::Path& folder,
                                                 const VerifyOptions& options);

}  // namespace varve::upkeep
