/// Starts a loaded process, kills it, opens its store and looks for everything that was acknowledged. Again and again,
/// on the same store.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace varve::crash {

struct RoundsOptions {
    std::uint64_t rounds = 200;
    std::uint64_t seed = 1;                  ///< of the moments of the kills
    std::string folder;                      ///< of the store; must not exist
    std::string program;                     ///< runs run_load when called as the main of this folder says
    std::chrono::milliseconds longest{150};  ///< a process lives at most so long
    std::function<void(std::uint64_t round, std::uint64_t events)> progress = {};
};

struct RoundsReport {
    std::uint64_t rounds = 0, events = 0, acknowledged = 0;
    std::uint64_t unacknowledged = 0;  ///< commits that were found though nobody had been told
    std::uint64_t before_open = 0;     ///< processes that were killed while they opened the store
    std::string violation;             ///< empty: every promise was kept

    [[nodiscard]] bool ok() const { return violation.empty(); }
};

[[nodiscard]] RoundsReport run_rounds(const RoundsOptions& options);

}  // namespace varve::crash
