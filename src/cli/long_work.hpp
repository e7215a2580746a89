/// Work on a store's files that takes a while: its progress is shown, and a signal ends it in good order.
#pragma once

#include "cli/progress.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "varve/operations.hpp"

namespace varve::cli {

/// Lives as long as the work.
class LongWork {
public:
    /// `quiet`: nothing on standard error.
    LongWork(Screen& screen, bool quiet, Unit unit = Unit::bytes)
        : bar_(screen, quiet ? Progress::Style::none : Progress::style_for(screen)), unit_(unit) {}

    /// For the library's function; valid as long as this object.
    [[nodiscard]] Watch watch() {
        return {.progress =
                    [this](std::uint64_t done, std::uint64_t total) {
                        bar_.show({.done = done, .total = total, .amount = done, .unit = unit_});
                    },
                .stop = [this] { return signals_.come(); }};
    }

private:
    StopSignals signals_;
    Progress bar_;
    Unit unit_;
};

}  // namespace varve::cli
