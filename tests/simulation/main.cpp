// The long runs of the simulation, for a person: ./dev sim.
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "simulation/campaign.hpp"

namespace varve::simulation {
namespace {

constexpr std::string_view usage =
    "usage: ./dev sim [--seeds N] [--from N] [--minutes M]    N seeds (1000), from a first one (1), at most M minutes\n"
    "       ./dev sim --seed N [--cut K]                      one seed again, told step by step; --cut: without "
    "faults\n"
    "                                                         but a power cut at I/O call K\n"
    "       ./dev sim --every-call [--seeds N] [--from N]     a power cut at each I/O call of each seed in turn\n"
    "       ./dev sim --crash [--rounds N]                    kill -9 of a real process under load, N times (200)\n"
    "\n"
    "exit code: 0 every promise was kept, 1 one was broken (the last line replays it), 2 wrong use\n";

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

int wrong_use(const std::string& why) {
    std::cerr << "sim: " << why << '\n' << usage;
    return 2;
}

int replay(const RunOptions& options) {
    const RunReport report = run(options);
    if (report.ok()) {
        std::cout << "seed " << options.seed << ": every promise was kept (" << report.events << " events, "
                  << report.lives << " lives, " << report.faults << " faults)\n";
        return 0;
    }
    std::cout << "VIOLATION: " << report.violation << "\nagain: " << replay_line(options) << '\n';
    return 1;
}

int conclude(const CampaignReport& report) {
    std::cout << report.runs << " runs of " << report.seeds << " seeds: " << report.events << " events, "
              << report.lives << " lives, " << report.faults << " faults, " << report.seconds << " s\n";
    if (!report.failure) {
        std::cout << "every promise was kept\n";
        return report.runs == 0 ? 1 : 0;
    }
    std::cout << "VIOLATION: " << report.violation << "\nagain: " << replay_line(*report.failure) << '\n';
    return 1;
}

int main_of(const std::vector<std::string_view>& arguments) {
    CampaignOptions campaign;
    std::optional<std::uint64_t> seed, cut;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        if (word == "--help" || word == "-h") {
            std::cout << usage;
            return 0;
        }
        if (word == "--every-call") {
            campaign.every_call = true;
            continue;
        }
        const auto value = i + 1 < arguments.size() ? number(arguments[i + 1]) : std::nullopt;
        if (!value) return wrong_use("'" + std::string(word) + "' is no option, or its number is missing");
        ++i;
        if (word == "--seeds") {
            campaign.seeds = *value;
        } else if (word == "--from") {
            campaign.first = *value;
        } else if (word == "--minutes") {
            campaign.at_most = std::chrono::minutes(*value);
        } else if (word == "--seed") {
            seed = value;
        } else if (word == "--cut") {
            cut = value;
        } else {
            return wrong_use("no option '" + std::string(word) + "'");
        }
    }
    if (seed) return replay({.seed = *seed, .cut = cut.value_or(0), .tell = &std::cout});
    if (cut) return wrong_use("--cut needs --seed");
    if (::isatty(STDERR_FILENO) != 0) {
        campaign.progress = [](const CampaignReport& so_far) {
            std::cerr << "\r" << so_far.seeds << " seeds, " << so_far.runs << " runs, " << so_far.faults << " faults "
                      << std::flush;
        };
    }
    const CampaignReport report = run_campaign(campaign);
    if (campaign.progress) std::cerr << '\n';
    return conclude(report);
}

}  // namespace
}  // namespace varve::simulation

int main(int count, char** words) {
    return varve::simulation::main_of({words + 1, words + count});
}
