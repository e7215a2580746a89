/// The door to a store's folder: is it one, may we have it, who is it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/environment.hpp"
#include "log/segment_log.hpp"
#include "log/store_file.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// In a folder that is to become a store as a copy of another, as long as it is not whole.
inline constexpr std::string_view incomplete_name = "INCOMPLETE";

/// A new UUID for a store.
[[nodiscard]] StoreId draw_id(io::Random& random);

struct StoreFolder {
    std::unique_ptr<io::FileLock> lock;  ///< none when read only
    std::unique_ptr<StoreFile> store;
};

/// Takes the lock (unless read only), creates what is missing where that is allowed, reads STORE.
/// `failed_precondition`: no store, in use, or of a newer format. `not_found`: nothing there, and not to be made.
[[nodiscard]] Result<StoreFolder> open_store_folder(const io::Environment& environment,
                                                    const SegmentLogOptions& options);

/// Which of the folder's entries are segments, in order of their positions.
[[nodiscard]] Result<std::vector<std::string>> segment_names(io::Files& files, const io::Path& folder);

}  // namespace varve::log
