/// What a log file says that is about no single package, and what we could not believe or understand. With it every
/// line of the log is one command and at least one event: nothing is lost on the way.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "packages/commands.hpp"
#include "packages/facts.hpp"
#include "varve/app.hpp"

namespace packages {

struct Log {
    using Events = varve::Events<LogOpened, RunStarted, ConffileDecided, LineUnknown, LineRefused>;

    bool opened = false;
    std::set<std::uint64_t> recorded;  ///< the lines in this stream; those of one second may come in any order

    void evolve(const LogOpened&) { opened = true; }
    void evolve(const RunStarted& e) { recorded.insert(e.place.line); }
    void evolve(const ConffileDecided& e) { recorded.insert(e.place.line); }
    void evolve(const LineUnknown& e) { recorded.insert(e.place.line); }
    void evolve(const LineRefused& e) { recorded.insert(e.place.line); }
};

inline varve::Decision decide(const OpenLog& c, const Log& log) {
    if (log.opened) return varve::reject("log.opened");
    return varve::accept(LogOpened{c.log, c.file, c.first_line});
}

inline varve::Decision decide(const StartRun& c, const Log& log) {
    if (log.recorded.contains(c.place.line)) return varve::reject("line.recorded");
    return varve::accept(RunStarted{c.what, c.command, c.place});
}

inline varve::Decision decide(const DecideConffile& c, const Log& log) {
    if (log.recorded.contains(c.place.line)) return varve::reject("line.recorded");
    return varve::accept(ConffileDecided{c.file, c.decision, c.place});
}

inline varve::Decision decide(const KeepUnknown& c, const Log& log) {
    if (log.recorded.contains(c.place.line)) return varve::reject("line.recorded");
    return varve::accept(LineUnknown{c.text, c.place});
}

inline varve::Decision decide(const KeepRefused& c, const Log& log) {
    if (log.recorded.contains(c.place.line)) return varve::reject("line.recorded");
    return varve::accept(LineRefused{c.text, c.reason, c.place});
}

}  // namespace packages
