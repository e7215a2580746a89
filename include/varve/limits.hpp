/// Every named maximum of the store, checked at the door (an `invalid_argument` that names the thing and the
/// limit; at a full queue the caller waits, or is refused with `resource_exhausted`). docs/limits.md is the same table
/// in prose; a test keeps the two equal.
#pragma once

#include <cstddef>
#include <cstdint>

namespace varve::limits {

inline constexpr std::size_t stream_name_bytes = 512;    ///< 1..512 bytes of UTF-8 without control characters
inline constexpr std::size_t type_name_bytes = 256;      ///< 1..256, likewise
inline constexpr std::size_t tag_bytes = 255;            ///< 1..255, likewise
inline constexpr std::size_t tags_per_event = 64;        //
inline constexpr std::size_t content_type_bytes = 128;   ///< 1..128, likewise
inline constexpr std::size_t metadata_bytes = 64 << 10;  ///< 64 KiB
inline constexpr std::size_t event_bytes = 8 << 20;  ///< 8 MiB: data, metadata, names and tags of one event together
inline constexpr std::size_t events_per_commit = 65536;  //
inline constexpr std::size_t commit_bytes = 12 << 20;    ///< 12 MiB as stored: a commit never spans two frames
inline constexpr std::size_t conditions_per_commit = 1024;
inline constexpr std::size_t query_items = 64;               ///< 1..64
inline constexpr std::size_t query_terms = 256;              ///< types and tags of one query, all its items together
inline constexpr std::size_t query_terms_per_commit = 4096;  ///< the same of all conditions of a commit
inline constexpr std::size_t command_id_bytes = 255;         ///< 1..255, likewise
inline constexpr std::size_t subject_bytes = 128;            ///< 1..128 bytes: whose a personal value is
inline constexpr std::size_t timer_name_bytes = 255;         ///< of a process, 1..255, likewise
inline constexpr std::size_t page_rows = 1000;               ///< of a table, 1..1000
inline constexpr std::size_t quarantined_keys = 100;         ///< of one projection; one more, and the projection fails
inline constexpr std::size_t partitions = 64;                ///< of a projection, 1..64
inline constexpr std::size_t undo_rows = 65536;  ///< changed by one event; more, a projection in memory cannot undo
inline constexpr std::size_t queued_commands = 8192;  ///< of send_async, on their way in one App
inline constexpr std::size_t command_threads = 1024;  ///< of send_async, 1..1024
inline constexpr std::size_t command_reasons = 64;    ///< that App::commands counts one by one, of each type
inline constexpr std::size_t diff_rows = 1000;        ///< told one by one, of two read models
/// The ids of so many of the last events are known, at least, and the command ids of their commits.
inline constexpr std::size_t known_events = 1 << 20;
/// Appends waiting for the disk in one store, 8 MiB (one bigger commit may wait alone); then callers wait or are refused.
inline constexpr std::size_t queued_bytes = 8 << 20;

}  // namespace varve::limits
