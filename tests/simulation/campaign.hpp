/// Many seeds, one after the other, until a promise is broken.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "simulation/run.hpp"

namespace varve::simulation {

struct CampaignReport {
    std::uint64_t seeds = 0, runs = 0, events = 0, lives = 0, faults = 0;
    double seconds = 0;
    std::string violation;
    std::optional<RunOptions> failure;  ///< the run that ended the campaign
};

struct CampaignOptions {
    std::uint64_t first = 1;
    std::uint64_t seeds = 1000;
    std::chrono::steady_clock::duration at_most = std::chrono::hours(24);
    /// Each seed as often as it makes I/O calls, with the power cut at each in turn, instead of once with drawn faults.
    bool every_call = false;
    std::function<void(const CampaignReport&)> progress = {};  ///< called now and then
};

[[nodiscard]] CampaignReport run_campaign(const CampaignOptions& options);

}  // namespace varve::simulation
