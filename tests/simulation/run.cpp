#include "simulation/run.hpp"

#include "simulation/life.hpp"
#include "simulation/trace.hpp"

namespace varve::simulation {

RunReport run(const RunOptions& options) {
    RunReport report;
    Trace trace(options.tell);
    Lives lives(options, trace);
    try {
        const std::uint64_t count = 1 + options.seed % 4;
        for (std::uint64_t i = 0; i < count; ++i) lives.live();
        report.calls = lives.calls();
        lives.look_back();
    } catch (const Violation& violation) {
        report.violation = violation.what();
        trace.say("VIOLATION: " + report.violation);
    }
    report.events = lives.events();
    report.lives = lives.lives;
    report.faults = lives.faults;
    report.digest = trace.digest();
    return report;
}

std::string replay_line(const RunOptions& options) {
    std::string line = "./dev sim --seed " + std::to_string(options.seed);
    if (options.cut != 0) line += " --cut " + std::to_string(options.cut);
    return line;
}

}  // namespace varve::simulation
