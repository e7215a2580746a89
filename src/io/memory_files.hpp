/// Files that live in memory: the whole Files interface without a disk. For tests and simulation; nothing is ever
/// lost, everything is gone with the object. Its files' views are stable, its locks exclude one another.
#pragma once

#include <memory>

#include "io/files.hpp"

namespace varve::io {

[[nodiscard]] std::unique_ptr<Files> memory_files();

}  // namespace varve::io
