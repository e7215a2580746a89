/// Reading what is on the disk and nowhere in memory.
#pragma once

#include <chrono>

#include "subjects/subject.hpp"

namespace varve::bench {

/// Syncs every file below the folder and lets the page cache forget it. Nobody may have one of them mapped.
void forget_pages(const Path& folder);

/// Reads of 4 KiB at random places of a file of half a gigabyte in the folder (written when missing), one after the
/// other, none of them in the page cache: how many a second.
[[nodiscard]] Result<double> random_reads(const Path& folder, std::chrono::duration<double> time);

}  // namespace varve::bench
