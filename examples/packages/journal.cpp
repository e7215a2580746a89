#include "packages/journal.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace packages {
namespace {

constexpr const char* upgrade = "upgrade";

std::string milestone_key(const std::string& package, varve::Position position) {
    std::string digits = std::to_string(position.value);
    digits.insert(0, 20 - digits.size(), '0');
    return package + " " + digits;
}

void remember_moment(Journal& journal, const Place& place, const varve::Event& event) {
    journal.moments.update(place.at, [&](Moment& row) { row.position = event.position.value + 1; });
}

void add_milestone(Journal& journal, const std::string& package, std::string what, std::string version,
                   const Place& place, const varve::Event& event) {
    journal.milestones.put({milestone_key(package, event.position), place.at, std::move(what), std::move(version)});
    remember_moment(journal, place, event);
}

/// Every line comes by here once; `count` adds it to what its day and its log count.
template <class Count>
void line_read(Journal& journal, const Place& place, const varve::Event& event, Count count) {
    remember_moment(journal, place, event);
    Day day_change;
    LogRow log_change;
    count(day_change, log_change);
    journal.days.update(place.at.substr(0, 10), [&](Day& row) {
        ++row.lines;
        row.runs += day_change.runs;
        row.installs += day_change.installs;
        row.upgrades += day_change.upgrades;
        row.removals += day_change.removals;
    });
    journal.logs.update(place.log, [&](LogRow& row) {
        if (row.at != place.at) row.complete = row.line;
        row.at = place.at;
        row.line = std::max(row.line, place.line);
        ++row.lines;
        row.runs += log_change.runs;
        row.conffiles += log_change.conffiles;
        row.unknown += log_change.unknown;
        row.refused += log_change.refused;
    });
}

void line_read(Journal& journal, const Place& place, const varve::Event& event) {
    line_read(journal, place, event, [](Day&, LogRow&) {});
}

void add_doubt(Journal& journal, const Place& place, const varve::Event& event, std::string reason, std::string text) {
    journal.doubts.put({event.position.value, place.log, place.line, std::move(reason), std::move(text)});
}

}  // namespace

void Journal::on(const Found& e, const varve::Event& event) {
    add_milestone(*this, e.package, "found, older than the log", e.version, e.place, event);
}

void Journal::on(const GapFound& e, const varve::Event& event) {
    const std::string before = e.expected.empty() ? "nothing" : e.expected;
    add_milestone(*this, e.package, "a gap in the log, where it was " + before, e.found, e.place, event);
}

void Journal::on(const InstallBegun& e, const varve::Event& event) {
    add_milestone(*this, e.package, "install", e.version, e.place, event);
    line_read(*this, e.place, event, [](Day& day, LogRow&) { ++day.installs; });
}

void Journal::on(const UpgradeBegun& e, const varve::Event& event) {
    add_milestone(*this, e.package, upgrade, e.to, e.place, event);
    line_read(*this, e.place, event, [](Day& day, LogRow&) { ++day.upgrades; });
}

void Journal::on(const ConfigureBegun& e, const varve::Event& event) {
    line_read(*this, e.place, event);
}

void Journal::on(const TriggersBegun& e, const varve::Event& event) {
    line_read(*this, e.place, event);
}

void Journal::on(const RemovalBegun& e, const varve::Event& event) {
    add_milestone(*this, e.package, "remove", e.version, e.place, event);
    line_read(*this, e.place, event, [](Day& day, LogRow&) { ++day.removals; });
}

void Journal::on(const PurgeBegun& e, const varve::Event& event) {
    add_milestone(*this, e.package, "purge", e.version, e.place, event);
    line_read(*this, e.place, event);
}

void Journal::on(const Disappeared& e, const varve::Event& event) {
    add_milestone(*this, e.package, "disappear, replaced by others", e.version, e.place, event);
    line_read(*this, e.place, event, [](Day& day, LogRow&) { ++day.removals; });
}

void Journal::on(const StatusChanged& e, const varve::Event& event) {
    if (e.status == "not-installed") add_milestone(*this, e.package, "gone", "", e.place, event);
    line_read(*this, e.place, event);
}

void Journal::on(const LogOpened& e) {
    logs.update(e.log, [&](LogRow& row) { row.file = e.file; });
}

void Journal::on(const RunStarted& e, const varve::Event& event) {
    line_read(*this, e.place, event, [](Day& day, LogRow& log) {
        ++day.runs;
        ++log.runs;
    });
}

void Journal::on(const ConffileDecided& e, const varve::Event& event) {
    line_read(*this, e.place, event, [](Day&, LogRow& log) { ++log.conffiles; });
}

void Journal::on(const LineUnknown& e, const varve::Event& event) {
    add_doubt(*this, e.place, event, "line.unknown", e.text);
    line_read(*this, e.place, event, [](Day&, LogRow& log) { ++log.unknown; });
}

void Journal::on(const LineRefused& e, const varve::Event& event) {
    add_doubt(*this, e.place, event, e.reason, e.text);
    line_read(*this, e.place, event, [](Day&, LogRow& log) { ++log.refused; });
}

std::optional<Day> Journal::answer(const BusiestDay&) const {
    std::optional<Day> busiest;
    days.for_each([&](const Day& day) {
        const auto weight = [](const Day& d) { return std::pair(d.changes(), d.lines); };
        if (!busiest || weight(day) > weight(*busiest)) busiest = day;
    });
    return busiest;
}

std::vector<Day> Journal::answer(const Days&) const {
    return days.all();
}

std::vector<Milestone> Journal::answer(const HistoryOf& query) const {
    std::vector<Milestone> history;
    milestones.for_each_prefix(query.package + " ", [&](const Milestone& milestone) { history.push_back(milestone); });
    return history;
}

std::optional<std::string> Journal::answer(const MostUpgraded&) const {
    std::map<std::string, std::size_t> counts;
    milestones.for_each([&](const Milestone& milestone) {
        if (milestone.what == upgrade) ++counts[milestone.key.substr(0, milestone.key.find(' '))];
    });
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == counts.end() ? std::nullopt : std::optional(most->first);
}

std::optional<Moment> Journal::answer(const MomentOf& query) const {
    std::optional<Moment> moment;
    moments.for_each([&](const Moment& row) {
        if (row.at > query.at) return false;
        if (!moment || row.position > moment->position) moment = row;
        return true;
    });
    return moment;
}

std::optional<LogRow> Journal::answer(const HowFar& query) const {
    return logs.get(query.log);
}

std::vector<LogRow> Journal::answer(const Logs&) const {
    return logs.all();
}

std::vector<Doubt> Journal::answer(const Doubts&) const {
    return doubts.all();
}

}  // namespace packages
