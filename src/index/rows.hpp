/// How the index lies in its key-value store: keys and values of its kinds of row. Rebuildable, but read by
/// later versions all the same: raise `rows_format` when anything here changes, and old indexes are rebuilt.
///
///     'h' name                        -> u64 last revision, u64 last position          one a stream
///     's' name 00 be64(revision / 64) -> u64 position of each revision of the chunk    appended to
///                                        (highest bit set: the next one is of slot `revision % 64`)
///     'c' category 00 be64(position / 4096) -> u16 position % 4096 of each event       appended to
///     'y' type     00 be64(position / 4096) -> likewise
///     't' tag      00 be64(position / 4096) -> likewise
///     'w'                             -> u32 rows_format, u64 next, u64 sequence, 16 bytes chain, store id
///
/// Numbers in values are little-endian; names hold no zero byte. Example: with events 5000, 5007 and 9000 in stream
/// `a-1`, `s a-1 00 be64(0)` holds 5000 5007 9000, `c a 00 be64(1)` 904 911 and `c a 00 be64(2)` 808. Everything up to
/// and with the zero byte is a row's *name part*: rows that are walked together have it in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/index.hpp"
#include "varve/types.hpp"

namespace varve::index {

inline constexpr std::uint32_t rows_format = 2;
inline constexpr std::uint64_t revisions_per_chunk = 64;
inline constexpr std::uint64_t positions_per_chunk = 4096;

inline constexpr std::string_view watermark_key = "w";

[[nodiscard]] std::string head_key(std::string_view stream);
/// The stream's name in a head row's key; nothing when it is another kind of row.
[[nodiscard]] std::optional<std::string_view> stream_of_head_key(std::string_view key);
[[nodiscard]] std::string stream_chunk_key(std::string_view stream, std::uint64_t chunk);
[[nodiscard]] std::string term_chunk_key(const Term& term, std::uint64_t chunk);
/// The chunk in a term row's key.
[[nodiscard]] std::uint64_t chunk_of_key(std::string_view key);
/// The first key after all chunks of the term.
[[nodiscard]] std::string term_end_key(const Term& term);
/// The name part of a chunk's key, zero byte included; empty when the row has none (heads, the watermark).
[[nodiscard]] std::string_view name_part_of_key(std::string_view key);

void put_u16(std::string& row, std::uint16_t number);
void put_u64(std::string& row, std::uint64_t number);
/// The n-th number of a row; requires that the row is long enough.
[[nodiscard]] std::uint16_t u16_at(std::string_view row, std::size_t n);
[[nodiscard]] std::uint64_t u64_at(std::string_view row, std::size_t n);

/// In a stream's chunk: the next number belongs to this slot, as events before it may be missing.
[[nodiscard]] constexpr std::uint64_t slot_mark(std::uint64_t slot) {
    return slot | std::uint64_t{1} << 63;
}
/// The positions of a chunk's slots, from 0 on; a slot without one has that of the next. Nothing when it is malformed.
[[nodiscard]] std::optional<std::vector<Position>> parse_stream_chunk(std::string_view row);

[[nodiscard]] std::string head_row(const StreamInfo& head);
/// Nothing when the row is malformed.
[[nodiscard]] std::optional<StreamInfo> parse_head(std::string_view name, std::string_view row);
[[nodiscard]] std::string watermark_row(const Watermark& watermark);
/// Nothing when the row is malformed or of another format.
[[nodiscard]] std::optional<Watermark> parse_watermark(std::string_view row);

}  // namespace varve::index
