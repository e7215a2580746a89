/// What retention has removed (varve/retention.hpp), told from the log and the index as of a committed position: where a
/// read of a stream begins, and what a compaction may take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/catalog.hpp"
#include "io/environment.hpp"
#include "log/segment_log.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::engine {

/// What a compaction may do with an event.
enum class Fate : std::uint8_t {
    kept,    ///< reads show it, or settings are read from it
    hollow,  ///< removed, but the last of its stream: its place (position, stream, revision) must be found by whoever
    ///< builds the index anew, or the stream would begin at revision 0 again; data, metadata, type and tags may go
    gone  ///< removed: all of it may go, without a trace
};

/// One walk's view of what is removed as of `end`. As the log and time go on, an event's fate only ever moves down this
/// enum, as long as the settings of its stream are not loosened; when they are, readers pass over what is not there any
/// more. Used by one thread; log, catalog and clock must outlive it.
class Removal {
public:
    /// `end`: settings and events at or beyond it do not exist; at most the committed head.
    Removal(const log::SegmentLog& log, Catalog& catalog, Position end, io::Clock& clock)
        : log_(log), catalog_(catalog), end_(end), clock_(clock) {}

    /// The fate of an event below `end`: stream, revision and position are looked at. Costs a few questions to the index
    /// for the first event of a stream with settings, a lookup in memory for the others. Events in any order.
    [[nodiscard]] Result<Fate> fate(const Event& event);

    /// False: no stream has settings, so everything is kept.
    [[nodiscard]] bool removes_anything() const { return catalog_.table().any_rules(); }

private:
    /// What is left of a stream.
    struct Left {
        Revision first;      ///< what lies below is removed
        Revision last;       ///< of the last event below `end`
        bool ended = false;  ///< no revision will follow
    };
    Result<Left> left_of(std::string_view stream);

    const log::SegmentLog& log_;
    Catalog& catalog_;
    const Position end_;
    io::Clock& clock_;
    std::unordered_map<std::string, Left> known_;  ///< bounded: emptied when it has many
};

/// The first revision that a read of the stream shows, one past the last when it shows none. `head`: the catalog's word
/// for the stream. `end`: the committed head, or less; what lies beyond does not count.
[[nodiscard]] Result<Revision> first_shown(const log::SegmentLog& log, Catalog& catalog, std::string_view stream,
                                           const StreamHead& head, Position end, io::Clock& clock);

}  // namespace varve::engine
