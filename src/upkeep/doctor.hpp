/// varve::doctor (varve/inspect.hpp) in two halves: what was found, and what to think of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "io/environment.hpp"
#include "io/machine.hpp"
#include "varve/inspect.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

/// How long syncs took into bytes that were there.
struct SyncFigures {
    std::chrono::nanoseconds median{};
    std::chrono::nanoseconds slowest{};
    int syncs = 0;
};

struct Findings {
    io::MachineFacts machine;
    std::string place;  ///< the folder that was looked at
    std::optional<SyncFigures> sync;
    std::string sync_failure;  ///< why there are no figures
    std::optional<std::string> holder;
    bool is_store = false;
    bool is_backup = false;
    std::string store_unseen;   ///< why it cannot be told whether there is one
    std::string store_failure;  ///< why the store cannot be read
    bool closed_in_order = false;
    std::uint64_t segments = 0;
    std::optional<Timestamp> last_commit;
    Timestamp now{};
};

/// Measures in `folder`, with a file of its own, which is removed again.
[[nodiscard]] Result<SyncFigures> measure_sync(io::Files& files, io::Clock& clock, const io::Path& folder);

/// What to think of all that.
[[nodiscard]] std::vector<Diagnosis> judge(const Findings& found);

}  // namespace varve::upkeep
