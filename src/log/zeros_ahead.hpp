/// Keeps zeros written ahead of a segment's tail: a sync into bytes that are there already costs half of one that
/// lets the file grow. Zeros are written in the background, in small pieces; a writer that is faster than they
/// are simply lets the file grow itself. Where nobody waits for syncs, what the zeros save is the growing, and they are
/// left to be synced with the frames over them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "io/files.hpp"
#include "varve/commit.hpp"
#include "varve/result.hpp"

namespace varve::log {

class ZerosAhead {
public:
    /// `file`: a descriptor of its own, so that a failed sync of zeros and a failed sync of frames are each told
    /// to the one who asked. Everything below `prepared` exists already; nothing is written at or beyond `limit`.
    ZerosAhead(std::shared_ptr<io::File> file, std::uint64_t prepared, std::uint64_t limit, Durability durability)
        : file_(std::move(file)), limit_(limit), durability_(durability), prepared_(prepared) {}

    /// The writer's side: does the file reach to `end` already?
    [[nodiscard]] bool cover(std::uint64_t end) const { return end <= prepared_.load(std::memory_order_acquire); }
    /// The writer is going to write up to `end` itself: no zero will land below it.
    void claim(std::uint64_t end);
    /// Should extend() be called for a tail that stands here?
    [[nodiscard]] bool low(std::uint64_t tail) const;

    /// The background's side: writes one piece, and syncs it where appends are durable. True when there is more to do.
    Result<bool> extend(std::uint64_t tail);

private:
    const std::shared_ptr<io::File> file_;
    const std::uint64_t limit_;
    const Durability durability_;
    std::mutex mutex_;  ///< held while zeros are on their way, so that claim() knows where they end
    std::atomic<std::uint64_t> prepared_;
    std::atomic<std::uint64_t> ahead_ = 1 << 20;  ///< how far to be ahead of the tail; grows with use
};

/// Zeros for one piece, as File::write takes them.
[[nodiscard]] std::string_view zero_piece(std::uint64_t bytes);
inline constexpr std::uint64_t zero_piece_bytes = 256 << 10;

}  // namespace varve::log
