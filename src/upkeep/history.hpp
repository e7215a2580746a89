/// A history that is to be copied: its segments, wherever their files lie, and where it ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/environment.hpp"
#include "log/segment_log.hpp"
#include "log/store_file.hpp"
#include "varve/backup.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

/// A segment with at least one block.
struct SourceSegment {
    io::Path path;
    log::SegmentHeader header;
    log::Head end;                 ///< behind its last block
    std::uint64_t frames_end = 0;  ///< file offset behind its last frame
    std::uint64_t bytes = 0;       ///< of the file, when it is sealed
    Timestamp first_time{};        ///< of its first block
    bool sealed = false;
};

struct History {
    log::StoreId store{};
    std::vector<log::Ancestor> ancestors;
    std::vector<SourceSegment> segments;
    log::Head end;
    std::uint64_t commits = 0;
    std::shared_ptr<log::SegmentLog> log;  ///< open for reading; none when the history lies in a backup
};

/// What is committed in a store at this moment. `data_loss` when it is damaged as far as opening looks.
[[nodiscard]] Result<History> history_of_store(const io::Environment& environment, const io::Path& folder);

/// How much of a segment a copy with this end needs.
enum class Share { none, part, all };
[[nodiscard]] Share share_of(const SourceSegment& segment, const Until& until);

/// `invalid_argument` or `out_of_range` when the history cannot end there (as far as that is known without reading).
[[nodiscard]] Result<> check_until(const History& history, const Until& until);

}  // namespace varve::upkeep
