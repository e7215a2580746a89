/// A block: one group commit, the unit that travels through the log seam. Its logical fields and its chain are
/// the same on every node; how a local segment frames it is docs/internals/format.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.hpp"
#include "varve/types.hpp"

namespace varve::log {

/// Bytes before a block's payload where it lies in a segment. A record's `frame_offset` counts from the frame's
/// first byte: this, and the record's offset in the payload. Part of the file format, never change.
inline constexpr std::uint32_t frame_header_bytes = 96;

/// Where a log ends: what the next block must build on.
struct Head {
    std::uint64_t sequence = 0;  ///< sequence of the next block: 0, 1, 2 ...
    Position next;               ///< position of the next event
    Timestamp time{};            ///< commit time of the last block; the next one is not earlier
    Hash chain;                  ///< chain hash of the last block; all zero in an empty log

    friend bool operator==(const Head&, const Head&) = default;
};

struct Block {
    std::uint64_t sequence = 0;
    std::uint64_t epoch = 0;  ///< grows whenever a writer takes over the log
    Position first;           ///< position of the first event
    std::uint32_t events = 0;
    std::uint32_t commits = 0;
    Timestamp time{};  ///< commit time of all events in it
    Hash previous_chain;
    Hash payload_hash;         ///< xxh3_128 of the payload
    std::string_view payload;  ///< commits, as log/record.hpp writes them, a multiple of 8 bytes; not owned

    /// XXH3-128 over the logical fields above (payload by its hash): the next block's previous_chain.
    [[nodiscard]] Hash chain() const;
    /// The head of a log that ends with this block.
    [[nodiscard]] Head head_after() const;
};

/// The block that follows `head`: computes the payload's hash. The caller sees to it
/// that `time` is not before head.time.
[[nodiscard]] Block make_block(const Head& head, std::uint64_t epoch, Timestamp time, std::uint32_t events,
                               std::uint32_t commits, std::string_view payload);

}  // namespace varve::log
