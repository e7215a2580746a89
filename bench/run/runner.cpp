#include "run/runner.hpp"

#include "run/interrupt.hpp"

namespace varve::bench {

CaseResult run_case(const Case& which, std::span<const Contender> contenders, unsigned rounds, Probe& probe,
                    const Scale& scale, Progress& progress) {
    CaseResult result{.id = which.id, .title = which.title, .unit = which.unit, .probes = {}, .rows = {}};
    std::vector<const Contender*> running;
    for (const Contender& contender : contenders) {
        if (!which.suits(contender)) continue;
        running.push_back(&contender);
        result.rows.push_back({.subject = contender.name,
                               .durability = contender.persistent ? which.durability : Durability::volatile_,
                               .peer = contender.peer,
                               .rounds = {},
                               .error = {}});
    }
    const unsigned wanted = which.rounds.value_or(rounds);
    for (unsigned round = 0; round < wanted; ++round) {
        if (which.against_probe) {
            const auto rate = probe.measure(scale.probe);
            result.probes.push_back(rate ? *rate : 0);
        }
        for (std::size_t i = 0; i < running.size() && !interrupted(); ++i) {
            Row& row = result.rows[i];
            if (row.error) continue;
            progress.show(which, row.subject, round + 1, wanted);
            auto figure = which.run(*running[i]);
            if (figure) {
                row.rounds.push_back(*figure);
            } else {
                row.error = std::move(figure).error();
            }
        }
    }
    progress.clear();
    return result;
}

}  // namespace varve::bench
