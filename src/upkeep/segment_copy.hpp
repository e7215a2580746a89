/// Copying segments: whole, or the part before a place; every copy is a sealed segment, and checked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "io/files.hpp"
#include "log/frame_scan.hpp"
#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"
#include "upkeep/history.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

/// Copies are written under this name and get their own when they are whole.
inline constexpr std::string_view part_name = "part.tmp";

/// Counts work that several steps do towards one total, and asks whether to stop.
class Meter {
public:
    Meter(const Watch& watch, std::uint64_t total) : watch_(watch), total_(total) {}
    /// `cancelled` when the work shall end.
    Result<> add(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t done() const { return done_; }

private:
    const Watch& watch_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    std::uint64_t next_look_ = 0;
};

/// A segment file with all that it says of itself.
struct SealedFile {
    log::SegmentHeader header;
    log::SegmentFooter footer;
};

/// Reads header and footer of a sealed segment, under whatever name. `data_loss` when they are not whole.
[[nodiscard]] Result<SealedFile> open_sealed(io::Files& files, const io::Path& path);
[[nodiscard]] Result<SealedFile> sealed_file(io::File& file, const io::Path& path);
/// And every other byte of it. `each` sees every frame.
[[nodiscard]] Result<SealedFile> check_sealed(io::Files& files, const io::Path& path, Meter& meter,
                                              const std::function<void(const log::FrameScan&)>& each = {});

/// Copies a sealed segment byte for byte, with another store's id when one is given, to a new file; synced.
[[nodiscard]] Result<> copy_whole(io::Files& files, const io::Path& from, const io::Path& to,
                                  const std::optional<log::StoreId>& store, Meter& meter);

/// Copies the blocks of a segment, sealed or not, that lie before `until` (and none beyond `segment.end`), to a new
/// file, which is sealed and synced. A block that `until` lies in is written anew with the commits before it, under
/// the next epoch. `invalid_argument` when it lies in a commit; `data_loss` when the blocks are not whole.
/// Answers the copy's end; nothing and no file when no block lies before `until`.
[[nodiscard]] Result<std::optional<SealedFile>> copy_part(io::Files& files, const SourceSegment& segment,
                                                          const Until& until, const io::Path& to,
                                                          const std::optional<log::StoreId>& store, Meter& meter);

}  // namespace varve::upkeep
