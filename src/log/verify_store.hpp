/// The part of a verification that is not about frames: the file STORE, which segments are the store's own, and what
/// the last checkpoint says of their end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "log/findings.hpp"
#include "log/store_file.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Reads both slots of STORE. Nothing when neither is whole or the file is missing beside segments, which is damage.
/// Errors: `not_found` (no folder), `failed_precondition` (no store, or of a newer format).
[[nodiscard]] Result<std::optional<StoreState>> look_at_store(io::Files& files, const io::Path& folder,
                                                              Findings& findings);

/// The names of the store's segments, in order. A file that is named like one but is whole and says that it belongs
/// to another store or another place is a stray: it is reported, and no healthy segment is judged by it.
[[nodiscard]] Result<std::vector<std::string>> own_segments(io::Files& files, const io::Path& folder,
                                                            const std::optional<StoreState>& state, Findings& findings);

/// Where the segments were found to end.
struct EndFound {
    std::string file;
    std::uint64_t offset = 0;
    Head head;
    Position segment;  ///< where the last segment begins
};

/// `closed_in_order`: and nobody has opened the store since.
void check_checkpoint(const StoreState& state, bool closed_in_order, const EndFound& end, Findings& findings);

}  // namespace varve::log
