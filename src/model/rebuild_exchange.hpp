/// The names of files are exchanged that two read models have open.
#pragma once

#include "model/crew.hpp"
#include "model/rebuild_files.hpp"

namespace varve {

/// Both stand still. They let go of their files, those of `next` get the names in charge, and both go on with them. Questions
/// wait meanwhile. Errors: of ReadModel::leave, and of renaming; then all is as before, unless a file could not be opened.
Result<> exchange_files(RebuildFiles& files, const Crew& next, const Crew& before, RebuildFiles::Way way,
                        Deadline deadline);

}  // namespace varve
