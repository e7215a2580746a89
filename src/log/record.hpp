/// How commits and their events lie inside a block's payload (docs/internals/format.md, "Commit" and "Record").
/// A caller encodes its commit in its own thread, without knowing its place; the writer then stamps the place in,
/// a few bytes an event.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/few.hpp"
#include "varve/commit.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// A commit as bytes, without its place. `bytes` is a multiple of 8 long.
struct EncodedCommit {
    std::string bytes;
    Few<std::uint32_t, 8> records;  ///< offset of each event's record in `bytes`
};

/// Requires a commit within varve/limits.hpp, every event with an id.
[[nodiscard]] EncodedCommit encode(const Commit& commit);

/// Stamps one record's place. `record` is its first byte; `frame_offset` the record's offset from the first byte
/// of its frame.
void stamp(char* record, Position position, Revision revision, std::uint32_t frame_offset);

/// Stamps a new place in its frame over the one that the record has. What was wrong with it stays wrong.
void move(char* record, Position position, std::uint32_t frame_offset);

/// A record without type, content type, tags, metadata and data: what is left of an event that was removed but whose
/// place in its stream must be known. Requires a whole record, whose checksum was seen to fit.
[[nodiscard]] std::string hollow(std::string_view record, Position position);
[[nodiscard]] bool is_hollow(std::string_view record);

/// Reads the record at the start of `bytes` (which may be longer than the record), checking its checksum against
/// `position`. The views point into `bytes`. `created` is left for the caller, who knows the frame.
/// `data_loss` says what is wrong in a few words; the caller adds where.
[[nodiscard]] Result<> decode(std::string_view bytes, Position position, Event& event);

/// No record is smaller. Part of the file format, never change.
inline constexpr std::uint32_t record_bytes_min = 56;

/// What a record says of itself without its checksum being looked at: for walking.
struct RecordSize {
    std::uint32_t bytes;         ///< to the next record or commit
    std::uint32_t frame_offset;  ///< back to its frame's first byte
};
[[nodiscard]] RecordSize record_size(std::string_view bytes);

/// What a record whose checksum does not fit says of its stream, when that can be read at all: for reports only.
[[nodiscard]] std::string_view stream_of_damaged(std::string_view bytes);

/// The id of the event in a record, as it stands there: the checksum is not looked at. Requires a record that
/// record_offsets found.
[[nodiscard]] EventId id_of(std::string_view record);

/// Stands for the offset of a record that a compaction has removed.
inline constexpr std::uint32_t record_removed = 0;

/// The offsets (in `payload`) of all records of a block, in order, or record_removed: what the position table is
/// filled from.
/// `data_loss` when lengths and counts do not add up to exactly `events` events and the payload's end.
[[nodiscard]] Result<> record_offsets(std::string_view payload, std::uint32_t events, std::vector<std::uint32_t>& into);

/// A commit in a block.
struct BlockCommit {
    std::uint32_t first;          ///< number of its first event in the block
    std::uint32_t events;         //
    std::string_view command_id;  ///< points into the payload; empty: none
};

/// The same, and the block's commits in order.
[[nodiscard]] Result<> record_offsets(std::string_view payload, std::uint32_t events, std::vector<std::uint32_t>& into,
                                      std::vector<BlockCommit>& commits);

}  // namespace varve::log
