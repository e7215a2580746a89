/// What can be known of the machine under a folder without trying it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/files.hpp"

namespace varve::io {

struct MachineFacts {
    std::string file_system;  ///< `ext4`, `xfs`, `tmpfs` ...; the number in hex when it has no name here
    std::uint64_t free_bytes = 0;
    std::uint64_t total_bytes = 0;
    std::optional<std::uint64_t> free_files;        ///< inodes; nothing where they are not limited
    std::optional<std::uint64_t> open_files_max;    ///< nothing: without limit
    std::optional<std::uint64_t> file_bytes_max;    ///< RLIMIT_FSIZE
    std::optional<std::uint64_t> maps_max;          ///< mapped areas of a process
    std::optional<std::uint64_t> memory_available;  ///< bytes
    std::optional<std::uint64_t> memory_max;        ///< that the process's group may use
    std::optional<bool> clock_in_step;              ///< kept right by something (NTP)
    bool writable = false;                          ///< the folder, for this process
};

/// Of the file system that holds a folder which is there. What cannot be asked stays empty.
[[nodiscard]] Result<MachineFacts> look_at_machine(const Path& folder);

/// Who holds the lock that Files::lock takes on this file: his text; nothing when nobody does.
[[nodiscard]] std::optional<std::string> lock_holder(const Path& path);

}  // namespace varve::io
