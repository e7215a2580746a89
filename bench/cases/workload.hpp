/// The cases: what is measured, for whom, and how.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "disk/scratch.hpp"
#include "figures/figures.hpp"
#include "figures/measure.hpp"
#include "subjects/subject.hpp"

namespace varve::bench {

/// How long and how much. `quick` gives a rough answer in about two minutes.
struct Scale {
    Seconds measure;              ///< of one round of one case
    Seconds warm_up;              ///< before it, not counted
    Seconds probe;                ///< of R, before each round of a durable case
    std::uint64_t append_events;  ///< of one round, at most
    std::uint64_t read_events;    ///< in the store that is read
    std::uint64_t load_events;    ///< in the long load
    std::uint64_t disk_bytes;     ///< free room needed

    [[nodiscard]] static Scale full();
    [[nodiscard]] static Scale quick();
};

/// What every workload needs of its surroundings. Outlives the cases.
struct Ground {
    Scale scale;
    const Scratch& scratch;
};

/// One round of `run` makes one figure of one contender, from a state that is the same in every round.
struct Case {
    std::string id, title;
    Unit unit{};
    Durability durability = Durability::durable;
    bool against_probe = false;           ///< R is measured before each round
    std::optional<unsigned> rounds = {};  ///< when repeating is pointless
    std::function<bool(const Contender&)> suits;
    std::function<Result<Figure>(const Contender&)> run;
};

/// Appends to fresh stores, read back and checked after every round.
[[nodiscard]] std::vector<Case> append_cases(const Ground& ground);
/// Reads of one store each, loaded when the first of these cases runs and removed with the last of them.
[[nodiscard]] std::vector<Case> read_cases(const Ground& ground);
/// Long loads, each in a process of its own, so that its memory and its death are its own.
[[nodiscard]] std::vector<Case> load_cases(const Ground& ground);
/// Commands on entities, through the bus and by hand.
[[nodiscard]] std::vector<Case> command_cases(const Ground& ground);
/// Loads of one long entity, with snapshots and without.
[[nodiscard]] std::vector<Case> snapshot_cases(const Ground& ground);
/// Read models of one store, filled when the first of these cases runs.
[[nodiscard]] std::vector<Case> projection_cases(const Ground& ground);
/// The way of a query to its answer.
[[nodiscard]] std::vector<Case> query_cases(const Ground& ground);

/// What the process of its own does.
struct LoadOrder {
    std::string contender;
    Path folder;
    std::uint64_t events = 0;
    std::uint64_t streams = 0;
    bool killed = false;  ///< dies by SIGKILL when all is acknowledged
};
/// Loads, reads its own memory as it goes, prints one line. The exit code, if it lives.
int run_load(const Contender& contender, const LoadOrder& order);

/// Opens the closed store again, reads everything back and compares it with what was acknowledged.
class Samples;
[[nodiscard]] Result<> read_back(Subject& subject, const Samples& samples, std::uint64_t acknowledged);

}  // namespace varve::bench
