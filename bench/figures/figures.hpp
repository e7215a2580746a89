/// What was measured: one figure a round, their median and spread, and ratios taken round by round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "varve/commit.hpp"
#include "varve/result.hpp"

namespace varve::bench {

enum class Unit : std::uint8_t {
    events_per_second,
    reads_per_second,
    nanoseconds,
    milliseconds,
    bytes,
    megabytes,
    ratio
};
[[nodiscard]] std::string_view to_string(Unit unit);
/// Rates are better high, everything else is better low.
[[nodiscard]] bool higher_is_better(Unit unit);

struct Figure {
    double value = 0;
    double p50_us = 0, p99_us = 0;  ///< of one operation; 0 where there is no such thing
};

/// One subject in one case.
struct Row {
    std::string subject;
    Durability durability = Durability::durable;
    bool peer = false;
    std::vector<Figure> rounds;
    std::optional<Error> error;
};

struct CaseResult {
    std::string id, title;
    Unit unit{};
    std::vector<double> probes;  ///< R of each round; empty where R says nothing
    std::vector<Row> rows;

    [[nodiscard]] const Row* row(std::string_view subject) const;
    /// The peer with the best median among those of the same durability as `row`.
    [[nodiscard]] const Row* best_peer(const Row& row) const;
};

[[nodiscard]] double median(std::vector<double> values);
/// Half the distance between the smallest and the largest, as a share of the median.
[[nodiscard]] double spread(const std::vector<double>& values);
[[nodiscard]] double median_of(const Row& row, double Figure::* part = &Figure::value);
[[nodiscard]] double spread_of(const Row& row);
/// Median over the rounds of row / other in the same round.
[[nodiscard]] double ratio(const Row& row, const Row& other, double Figure::* part = &Figure::value);
[[nodiscard]] double ratio(const Row& row, const std::vector<double>& probes);

}  // namespace varve::bench
