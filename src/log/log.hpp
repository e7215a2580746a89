/// The log seam: compare-and-append, read, wait, head. Local segment files implement it (log/segment_log.hpp);
/// a shared log in a database can take their place without the engine noticing (docs/internals/log.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "log/block.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Walks over blocks in order of sequence. Used by one thread at a time.
class BlockReader {
public:
    BlockReader() = default;
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;
    virtual ~BlockReader() = default;
    /// The next committed block, its payload valid until the next call; nullptr at the present end (asking again
    /// later may give more). `data_loss` names segment and offset.
    virtual Result<const Block*> next() = 0;
};

class Log {
public:
    Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    virtual ~Log() = default;

    /// Appends the block if and only if the log's head is the one it was built on (sequence and previous chain);
    /// returns when it is durable (or handed to the operating system, as the log was opened). One caller at a time.
    /// `aborted`: another block was first. Any other error poisons the log: the outcome of this block is unknown
    /// (except `resource_exhausted` *before* anything was written, which poisons nothing), later ones are refused.
    virtual Result<> compare_and_append(const Block& block) = 0;

    /// Makes all blocks below `sequence` durable, in a log that answers appends before they are. Whoever keeps
    /// something of theirs elsewhere for good asks for this first. Any thread; an error poisons the log.
    virtual Result<> make_durable([[maybe_unused]] std::uint64_t sequence) { return {}; }

    /// The end of what is committed. Any thread.
    virtual Head head() const = 0;

    /// Blocks from `sequence` on. Any thread.
    virtual Result<std::unique_ptr<BlockReader>> read(std::uint64_t sequence) = 0;

    /// Was anything ever removed from what read() gives? Then blocks may lack events.
    [[nodiscard]] virtual bool compacted() const { return false; }

    /// Stands for what was removed: another number once more is, which nobody sees before that is so; the same after the log
    /// is opened again. 0: nothing was.
    [[nodiscard]] virtual std::uint64_t missing() const { return 0; }

    /// Waits until head().sequence > sequence; false at the deadline or when woken by close. Any thread.
    virtual bool wait(std::uint64_t sequence, std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace varve::log
