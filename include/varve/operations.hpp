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

/// One thing that is wrong, or noteworthy, in a store's files.
struct Finding {
    enum class Kind : std::uint8_t {
        damage,     ///< bytes that were durable once are wrong or missing, or a stray file keeps the store from opening
        torn_tail,  ///< an append that a crash interrupted: never acknowledged, cut at the next opening
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

struct VARVE_API VerifyReport {
    std::uint64_t segments = 0;
    std::uint64_t blocks = 0;
    std::uint64_t commits = 0;
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::string digest;  ///< chain hash of the last block: stands for the whole history before it
    std::vector<Finding> findings;

    [[nodiscard]] bool damaged() const;
};

/// Reads every byte of a store's log and checks headers, checksums, order, chain and footers, and the index's
/// watermark against the log. Changes nothing; may run beside a writer (it then checks what was committed when it
/// began). Damage is a finding, not an error; an error means that it could not look (`not_found`,
/// `permission_denied`, `invalid_argument` for a path with a zero byte, `failed_precondition` for a folder that is no
/// store, `unavailable`).
[[nodiscard]] VARVE_API Result<VerifyReport> verify(const std::string& folder, const Progress& progress = {});

}  // namespace varve
