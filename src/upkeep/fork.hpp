/// varve::fork (varve/backup.hpp), on any files.
#pragma once

#include "io/environment.hpp"
#include "varve/backup.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

[[nodiscard]] Result<CopyReport> fork(const io::Environment& environment, const io::Path& folder,
                                      const io::Path& target, const Until& until, const Watch& watch);

}  // namespace varve::upkeep
