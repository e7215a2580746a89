/// One package: its state, folded from its facts, and the decisions that turn a line of the log into facts.
///
/// A line is refused when the history says that it cannot be:
///   line.recorded             this line is in the store already (an import that was interrupted and runs again)
///   package.already_there     `install`, but it is installed
///   package.not_there         `upgrade`, `remove`, `configure` ... of something that is gone
///   package.other_version     the line speaks of another version than the one that is there
///   package.not_unpacked      `configure` of something that has not been unpacked
///   package.no_trigger        `trigproc`, but no trigger is pending
///   status.unknown            no status that dpkg knows
///   status.without_version    something is there, but without a version
/// A status that contradicts the history is not refused, since dpkg knows better: it is taken, after a GapFound.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "packages/commands.hpp"
#include "packages/facts.hpp"
#include "varve/app.hpp"

namespace packages {

struct Package {
    using Events = varve::Events<Found, GapFound, InstallBegun, UpgradeBegun, ConfigureBegun, TriggersBegun,
                                 RemovalBegun, PurgeBegun, Disappeared, StatusChanged>;

    std::string status;                             ///< dpkg's word; empty before the first fact
    std::string version;                            ///< what is there now; empty when nothing is
    std::string coming;                             ///< what a running install or upgrade brings
    std::map<std::string, std::uint64_t> recorded;  ///< the last line recorded of each log

    void evolve(const Found& e);
    void evolve(const GapFound& e);
    void evolve(const InstallBegun& e);
    void evolve(const UpgradeBegun& e);
    void evolve(const ConfigureBegun& e);
    void evolve(const TriggersBegun& e);
    void evolve(const RemovalBegun& e);
    void evolve(const PurgeBegun& e);
    void evolve(const Disappeared& e);
    void evolve(const StatusChanged& e);

    [[nodiscard]] bool known() const { return !status.empty(); }
};

/// Are files of the package on the disk in this status? (In `config-files` only its configuration is left.)
[[nodiscard]] bool there(std::string_view status);

varve::Decision decide(const Install& command, const Package& package);
varve::Decision decide(const Upgrade& command, const Package& package);
varve::Decision decide(const Configure& command, const Package& package);
varve::Decision decide(const RunTriggers& command, const Package& package);
varve::Decision decide(const Remove& command, const Package& package);
varve::Decision decide(const Purge& command, const Package& package);
varve::Decision decide(const Disappear& command, const Package& package);
varve::Decision decide(const SetStatus& command, const Package& package);

}  // namespace packages
