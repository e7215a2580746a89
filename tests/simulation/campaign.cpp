#include "simulation/campaign.hpp"

namespace varve::simulation {
namespace {

using Steady = std::chrono::steady_clock;

class Campaign {
public:
    explicit Campaign(const CampaignOptions& options) : options_(options) {}

    CampaignReport run_all() {
        for (std::uint64_t i = 0; i < options_.seeds && goes_on(); ++i) {
            const std::uint64_t seed = options_.first + i;
            if (options_.every_call) {
                cut_everywhere(seed);
            } else {
                take({.seed = seed});
            }
            ++report_.seeds;
            report_.seconds = std::chrono::duration<double>(Steady::now() - begin_).count();
            if (options_.progress && report_.seeds % 50 == 0) options_.progress(report_);
        }
        return report_;
    }

private:
    [[nodiscard]] bool goes_on() const { return !report_.failure && Steady::now() - begin_ < options_.at_most; }

    void cut_everywhere(std::uint64_t seed) {
        const std::uint64_t calls = take({.seed = seed, .calm = true});
        for (std::uint64_t call = 1; call <= calls && goes_on(); ++call) take({.seed = seed, .cut = call});
    }

    /// Answers the I/O calls of the run.
    std::uint64_t take(const RunOptions& run_options) {
        const RunReport done = run(run_options);
        ++report_.runs;
        report_.events += done.events;
        report_.lives += done.lives;
        report_.faults += done.faults;
        if (!done.ok()) {
            report_.violation = done.violation;
            report_.failure = run_options;
        }
        return done.calls;
    }

    const CampaignOptions& options_;
    const Steady::time_point begin_ = Steady::now();
    CampaignReport report_;
};

}  // namespace

CampaignReport run_campaign(const CampaignOptions& options) {
    return Campaign(options).run_all();
}

}  // namespace varve::simulation
