// Some seeds of the simulation; ./dev sim runs as many as you like.
#include "simulation/run.hpp"

#include <gtest/gtest.h>

#include "simulation/campaign.hpp"

namespace varve::simulation {
namespace {

void expect_kept(const CampaignReport& report) {
    EXPECT_FALSE(report.failure) << report.violation << "\n  again: " << replay_line(*report.failure);
    EXPECT_GT(report.events, 0U);
}

TEST(Simulation, DrawnFaultsBreakNoPromise) {
    const auto report = run_campaign({.first = 1, .seeds = 250});
    expect_kept(report);
    EXPECT_GT(report.faults, 500U);
}

TEST(Simulation, APowerCutAtEveryCallBreaksNoPromise) {
    expect_kept(run_campaign({.first = 4, .seeds = 3, .every_call = true}));
}

TEST(Simulation, ASeedSaysEverything) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const RunReport first = run({.seed = seed});
        const RunReport again = run({.seed = seed});
        EXPECT_EQ(first.digest, again.digest) << seed;
    }
}

}  // namespace
}  // namespace varve::simulation
