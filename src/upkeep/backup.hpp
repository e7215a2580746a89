/// varve::backup (varve/backup.hpp), on any files.
#pragma once

#include "io/environment.hpp"
#include "upkeep/history.hpp"
#include "varve/backup.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

[[nodiscard]] Result<BackupReport> backup(const io::Environment& environment, const io::Path& folder,
                                          const io::Path& target, const BackupOptions& options);

}  // namespace varve::upkeep
