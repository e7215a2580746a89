/// The file BACKUP: what a backup consists of (docs/internals/format.md, "A backup's folder"). It is written last and
/// replaced as a whole, so a folder is the backup that this file describes, and none without it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files.hpp"
#include "log/block.hpp"
#include "log/segment_header.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

// Part of the file format, never change.
inline constexpr std::string_view manifest_name = "BACKUP";

struct ManifestSegment {
    std::string file;
    Position first, next;
    std::uint64_t bytes = 0;
};

struct Manifest {
    log::StoreId store{};
    Timestamp taken{};
    log::Head end;
    std::uint64_t commits = 0;
    std::vector<ManifestSegment> segments = {};

    [[nodiscard]] std::string encode() const;
    /// Nothing when the text is not whole.
    [[nodiscard]] static std::optional<Manifest> parse(std::string_view text);
};

/// The name under which a backup keeps a segment: it differs whenever a byte of its blocks does.
[[nodiscard]] std::string kept_name(const log::SegmentHeader& header, const log::Head& end);
[[nodiscard]] bool is_kept_name(std::string_view name);

/// The manifest in a folder; nothing when there is none. `data_loss` when it is damaged, `failed_precondition` when a
/// newer version wrote it.
[[nodiscard]] Result<std::optional<Manifest>> read_manifest(io::Files& files, const io::Path& folder);
/// Durable when this returns, and the folder's other entries with it.
[[nodiscard]] Result<> write_manifest(io::Files& files, const io::Path& folder, const Manifest& manifest);

/// Writes a small file under a temporary name and gives it its own: it is there whole or not at all; durable.
[[nodiscard]] Result<> write_small_file(io::Files& files, const io::Path& path, std::string_view text);
/// The whole text of a small file; nothing when there is none.
[[nodiscard]] Result<std::optional<std::string>> read_small_file(io::Files& files, const io::Path& path);
/// Removes a file when it is there.
[[nodiscard]] Result<> remove_if_there(io::Files& files, const io::Path& path);

}  // namespace varve::upkeep
