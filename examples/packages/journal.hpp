/// Read model: when what happened. It counts the days, lists the milestones of each package, knows which position of
/// the store belongs to a moment of the log's own time, and how far each log has been read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packages/facts.hpp"
#include "varve/app.hpp"

namespace packages {

struct Day {
    std::string day;  ///< 2025-06-24
    std::uint64_t lines = 0, runs = 0, installs = 0, upgrades = 0, removals = 0;

    [[nodiscard]] std::uint64_t changes() const { return installs + upgrades + removals; }
};

/// All events that the logs had told by then, and no other, stand before this position.
struct Moment {
    std::string at;
    std::uint64_t position = 0;
};

struct Milestone {
    std::string key;  ///< package, space, position with leading zeros: a package's milestones stand together, in order
    std::string at, what, version;
};

/// How far a log has been read. Lines of one second are recorded side by side, so only `complete` is sure.
struct LogRow {
    std::string log, file, at;
    std::uint64_t line = 0;      ///< the last line of which there is an event
    std::uint64_t complete = 0;  ///< up to this line (with it), each has its event
    std::uint64_t lines = 0;     ///< how many lines have one
    std::uint64_t runs = 0, conffiles = 0, unknown = 0, refused = 0;
};

/// A line that we could not believe or understand.
struct Doubt {
    std::uint64_t position = 0;
    std::string log;
    std::uint64_t line = 0;
    std::string reason, text;
};

/// Nothing: the logs have told nothing yet.
struct BusiestDay {
    using Answer = std::optional<Day>;
};

struct Days {
    using Answer = std::vector<Day>;
};

struct HistoryOf {
    std::string package;
    using Answer = std::vector<Milestone>;
};

/// The package that was upgraded most often, the first of several. Nothing: none was.
struct MostUpgraded {
    using Answer = std::optional<std::string>;
};

/// What had the logs told by this moment (with it)? Nothing: they begin later.
struct MomentOf {
    std::string at;
    using Answer = std::optional<Moment>;
};

struct HowFar {
    std::string log;
    using Answer = std::optional<LogRow>;
};

struct Logs {
    using Answer = std::vector<LogRow>;
};

struct Doubts {
    using Answer = std::vector<Doubt>;
};

struct Journal {
    using Events = varve::Events<Found, GapFound, InstallBegun, UpgradeBegun, ConfigureBegun, TriggersBegun,
                                 RemovalBegun, PurgeBegun, Disappeared, StatusChanged, LogOpened, RunStarted,
                                 ConffileDecided, LineUnknown, LineRefused>;
    using Queries = varve::Queries<BusiestDay, Days, HistoryOf, MostUpgraded, MomentOf, HowFar, Logs, Doubts>;

    varve::Table<Day> days;
    varve::Table<Moment> moments;
    varve::Table<Milestone> milestones;
    varve::Table<LogRow> logs;
    varve::Table<Doubt> doubts;

    void on(const Found& e, const varve::Event& event);
    void on(const GapFound& e, const varve::Event& event);
    void on(const InstallBegun& e, const varve::Event& event);
    void on(const UpgradeBegun& e, const varve::Event& event);
    void on(const ConfigureBegun& e, const varve::Event& event);
    void on(const TriggersBegun& e, const varve::Event& event);
    void on(const RemovalBegun& e, const varve::Event& event);
    void on(const PurgeBegun& e, const varve::Event& event);
    void on(const Disappeared& e, const varve::Event& event);
    void on(const StatusChanged& e, const varve::Event& event);
    void on(const LogOpened& e);
    void on(const RunStarted& e, const varve::Event& event);
    void on(const ConffileDecided& e, const varve::Event& event);
    void on(const LineUnknown& e, const varve::Event& event);
    void on(const LineRefused& e, const varve::Event& event);

    [[nodiscard]] std::optional<Day> answer(const BusiestDay& query) const;
    [[nodiscard]] std::vector<Day> answer(const Days& query) const;
    [[nodiscard]] std::vector<Milestone> answer(const HistoryOf& query) const;
    [[nodiscard]] std::optional<std::string> answer(const MostUpgraded& query) const;
    [[nodiscard]] std::optional<Moment> answer(const MomentOf& query) const;
    [[nodiscard]] std::optional<LogRow> answer(const HowFar& query) const;
    [[nodiscard]] std::vector<LogRow> answer(const Logs& query) const;
    [[nodiscard]] std::vector<Doubt> answer(const Doubts& query) const;
};

}  // namespace packages
