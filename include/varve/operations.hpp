/// Operations on a store's folder that are not part of an application's daily work.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// Called now and then from the working thread: so much of the whole is done. Must not throw.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// What long work asks and tells on its way.
struct Watch {
    Progress progress = {};
    /// Asked now and then from the working thread: true ends the work with `cancelled`. Must not throw.
    std::function<bool()> stop = {};
};

/// One thing that is wrong, or noteworthy, in a store's files.
struct Finding {
    enum class Kind : std::uint8_t {
        damage,     ///< bytes that were durable once are wrong or missing, or a stray file keeps the store from opening
        torn_tail,  ///< an append that a crash interrupted: never acknowledged, cut at the next opening
        changed,    ///< history is whole, but not the one that a digest was written down of
        note        ///< harmless, e.g. an index that lags
    };
    Kind kind = Kind::damage;
    std::string file;                     ///< relative to the folder; empty: `what` says where
    std::uint64_t offset = 0;             ///< of the first byte concerned
    std::uint64_t bytes = 0;              ///< how many; 0 = unknown, to the end of the file
    std::optional<Position> first, last;  ///< events concerned, where known
    std::vector<std::string> streams;     ///< their streams, where still readable (at most 10)
    std::string what;                     ///< one sentence: what is wrong and what to do
};

/// What stands for history up to the end of one segment.
struct SegmentDigest {
    std::string file;      ///< relative to the folder
    Position first, next;  ///< the segment holds the events [first, next)
    std::string digest;    ///< of everything below `next`
};

struct VARVE_API VerifyReport {
    std::uint64_t segments = 0;
    std::uint64_t blocks = 0;
    std::uint64_t commits = 0;
    std::uint64_t events = 0;  ///< that were committed
    std::uint64_t bytes = 0;
    /// Of the events, those that a compaction has removed, and the blocks of commits that they were in. The chain proves
    /// such a block's place, time and numbers; what was in it, it can no longer prove: the events that are left are
    /// checked by checksums that the compaction wrote.
    std::uint64_t removed = 0;
    std::uint64_t reduced_blocks = 0;
    /// `POSITION:CHAIN`, e.g. `3:b8d84d531ceab43b4846dc305254066c`: the chain hash of the block that ends at that
    /// position stands for all events below it. Write it down; VerifyOptions::expect takes it back. It is what the frames'
    /// headers tell: of damaged events, what they were.
    std::string digest;
    std::vector<SegmentDigest> segment_digests;  ///< in order
    std::vector<Finding> findings;
    /// With VerifyOptions::expect: history below this position is whole, and proved to be the one written down.
    std::optional<Position> unchanged_up_to;

    [[nodiscard]] bool damaged() const;  ///< there is a finding of damage
    [[nodiscard]] bool changed() const;  ///< there is a finding of a changed history
};

struct VerifyOptions {
    /// Digests written down earlier, in any order: of one moment, or one for each segment. Each must be met; when one
    /// is not, a finding `changed` names the first segment that may differ, which is the more exact the more digests
    /// there are. Text that is no digest is `invalid_argument`.
    std::vector<std::string> expect = {};
    Watch watch = {};
};

/// Reads every byte of a store's log (or of a backup, see varve/backup.hpp) and checks headers, checksums, order, chain
/// and footers, and the index's watermark against the log. Changes nothing; may run beside a writer (it then checks what
/// was committed when it began). Damage is a finding, not an error; an error means that it could not look
/// (`not_found`, `permission_denied`, `invalid_argument` for a path with a zero byte or text that is no digest,
/// `failed_precondition` for a folder that is no store, `unavailable`, `cancelled`).
///
/// The chain finds every accident and every careless edit. It is XXH3-128, which is fast and not meant against somebody
/// who constructs collisions: against such a person keep a copy, not only a digest.
[[nodiscard]] VARVE_API Result<VerifyReport> verify(const std::string& folder, const VerifyOptions& options = {});

}  // namespace varve
