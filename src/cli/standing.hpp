/// How `keep`, `delete` and `tombstone` tell what is left of a stream.
#pragma once

#include <optional>
#include <string>

#include "varve/commit.hpp"
#include "varve/retention.hpp"

namespace varve::cli {

/// Field by field, for people.
[[nodiscard]] std::string standing_text(const std::string& stream, const StreamRetention& standing);
/// `reads show revisions 2..4; 0..1 are removed, and a compaction frees their room`.
[[nodiscard]] std::string shown_text(const StreamRetention& standing);
/// One JSON object on a line. `receipt`: of the change that led there; null when nothing was written.
[[nodiscard]] std::string standing_json(const std::string& stream, const StreamRetention& standing,
                                        const Receipt* receipt);
/// `the last 10 events, of at most 30d`; `everything`.
[[nodiscard]] std::string keeps_text(const Retention& keeps);

}  // namespace varve::cli
