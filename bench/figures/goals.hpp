/// What the figures of ours should reach: the floors of the first release and the goals beyond them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "figures/figures.hpp"

namespace varve::bench {

struct Goal {
    enum class Against : std::uint8_t {
        probe,    ///< the rate, as a multiple of R
        other,    ///< the value, as a multiple of the named subject's
        p99,      ///< the 99th percentile, as a multiple of the named subject's
        sibling,  ///< the value, as a multiple of ours in the case that `subject` names; of R both, where R is measured
        absolute  ///< the value itself
    };

    std::string_view id;  ///< of the case
    bool floor;           ///< a floor must hold; a goal is where we are going
    Against against;
    std::string_view subject;
    bool at_least;
    double bound;

    /// `>= 0.8 R`, `>= 2 x rocksdb`, `<= 50 ms`.
    [[nodiscard]] std::string text(Unit unit) const;
    /// What was reached; nothing when the run lacks ours or what it is compared with. `all`: the cases so far.
    [[nodiscard]] std::optional<double> reached(const CaseResult& result, std::span<const CaseResult> all) const;
    [[nodiscard]] bool met(double value) const { return at_least ? value >= bound : value <= bound; }
};

[[nodiscard]] std::span<const Goal> all_goals();

}  // namespace varve::bench
