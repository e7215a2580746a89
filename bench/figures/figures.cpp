#include "figures/figures.hpp"

#include <algorithm>

namespace varve::bench {
namespace {

double median_ratio(const std::vector<double>& above, const std::vector<double>& below) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < std::min(above.size(), below.size()); ++i) {
        if (below[i] > 0) ratios.push_back(above[i] / below[i]);
    }
    return median(std::move(ratios));
}

std::vector<double> values_of(const Row& row, double Figure::* part) {
    std::vector<double> values;
    for (const Figure& figure : row.rounds) values.push_back(figure.*part);
    return values;
}

}  // namespace

std::string_view to_string(Unit unit) {
    switch (unit) {
        case Unit::events_per_second: return "events/s";
        case Unit::reads_per_second: return "reads/s";
        case Unit::nanoseconds: return "ns";
        case Unit::milliseconds: return "ms";
        case Unit::bytes: return "bytes";
        case Unit::megabytes: return "MB";
        case Unit::ratio: return "ratio";
    }
    return "";
}

bool higher_is_better(Unit unit) {
    return unit == Unit::events_per_second || unit == Unit::reads_per_second;
}

const Row* CaseResult::row(std::string_view subject) const {
    const auto found = std::ranges::find(rows, subject, &Row::subject);
    return found == rows.end() || found->rounds.empty() ? nullptr : &*found;
}

const Row* CaseResult::best_peer(const Row& row) const {
    const Row* best = nullptr;
    for (const Row& other : rows) {
        if (!other.peer || other.rounds.empty() || other.durability != row.durability || &other == &row) continue;
        const bool better = best == nullptr || (median_of(other) > median_of(*best)) == higher_is_better(unit);
        if (better) best = &other;
    }
    return best;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double spread(const std::vector<double>& values) {
    if (values.size() < 2) return 0;
    const auto [least, most] = std::ranges::minmax(values);
    const double middle = median(values);
    return middle > 0 ? (most - least) / 2 / middle : 0;
}

double median_of(const Row& row, double Figure::* part) {
    return median(values_of(row, part));
}
double spread_of(const Row& row) {
    return spread(values_of(row, &Figure::value));
}
double ratio(const Row& row, const Row& other, double Figure::* part) {
    return median_ratio(values_of(row, part), values_of(other, part));
}
double ratio(const Row& row, const std::vector<double>& probes) {
    return median_ratio(values_of(row, &Figure::value), probes);
}

}  // namespace varve::bench
