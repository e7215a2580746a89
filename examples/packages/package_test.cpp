#include "packages/package.hpp"

#include <gtest/gtest.h>

#include "packages/log_book.hpp"
#include "varve/testing.hpp"

namespace packages {
namespace {

using varve::testing::given;

Place at(std::uint64_t line) {
    return {"log", line, "2025-06-24 14:36:25"};
}

const InstallBegun installing{"hello:amd64", "2.10", at(1)};
const StatusChanged unpacked{"hello:amd64", "unpacked", "2.10", at(2)};
const StatusChanged installed{"hello:amd64", "installed", "2.10", at(3)};
const StatusChanged gone{"hello:amd64", "not-installed", "", at(4)};

TEST(Package, IsInstalledStepByStep) {
    given<Package>().when(Install{"hello:amd64", "2.10", at(1)}).then(installing);
    given<Package>(installing).when(SetStatus{"hello:amd64", "unpacked", "2.10", at(2)}).then(unpacked);
    given<Package>(installing, unpacked)
        .when(Configure{"hello:amd64", "2.10", at(3)})
        .then(ConfigureBegun{"hello:amd64", "2.10", at(3)});
    EXPECT_EQ(given<Package>(installing, unpacked, installed).state().status, "installed");
    EXPECT_EQ(given<Package>(installing, unpacked, installed).state().coming, "");
}

TEST(Package, IsUpgradedAndRemoved) {
    const auto there = given<Package>(installing, unpacked, installed);
    there.when(Upgrade{"hello:amd64", "2.10", "2.12", at(5)}).then(UpgradeBegun{"hello:amd64", "2.10", "2.12", at(5)});
    there.when(Remove{"hello:amd64", "2.10", at(5)}).then(RemovalBegun{"hello:amd64", "2.10", at(5)});
    there.when(Purge{"hello:amd64", "2.10", at(5)}).then(PurgeBegun{"hello:amd64", "2.10", at(5)});
    there.when(Disappear{"hello:amd64", "2.10", at(5)}).then(Disappeared{"hello:amd64", "2.10", at(5)});
    given<Package>(installing, unpacked, installed, UpgradeBegun{"hello:amd64", "2.10", "2.12", at(5)})
        .when(SetStatus{"hello:amd64", "unpacked", "2.12", at(6)})
        .then(StatusChanged{"hello:amd64", "unpacked", "2.12", at(6)});
}

TEST(Package, MayBeOlderThanTheLog) {
    given<Package>()
        .when(Upgrade{"bash:amd64", "5.1", "5.2", at(1)})
        .then(Found{"bash:amd64", "5.1", at(1)}, UpgradeBegun{"bash:amd64", "5.1", "5.2", at(1)});
    given<Package>()
        .when(SetStatus{"libc-bin:amd64", "triggers-pending", "2.36", at(1)})
        .then(Found{"libc-bin:amd64", "2.36", at(1)},
              StatusChanged{"libc-bin:amd64", "triggers-pending", "2.36", at(1)});
    given<Package>(Found{"bash:amd64", "5.1", at(1)})
        .when(Configure{"bash:amd64", "5.1", at(2)})
        .then(ConfigureBegun{"bash:amd64", "5.1", at(2)});
}

TEST(Package, RunsTriggersThatArePending) {
    const StatusChanged pending{"hello:amd64", "triggers-pending", "2.10", at(4)};
    given<Package>(installing, unpacked, installed, pending)
        .when(RunTriggers{"hello:amd64", "2.10", at(5)})
        .then(TriggersBegun{"hello:amd64", "2.10", at(5)});
    given<Package>(installing, unpacked, installed)
        .when(RunTriggers{"hello:amd64", "2.10", at(5)})
        .then_rejected("package.no_trigger");
}

TEST(Package, RefusesALineThatIsRecorded) {
    const auto there = given<Package>(installing, unpacked, installed);
    there.when(SetStatus{"hello:amd64", "installed", "2.10", at(3)}).then_rejected("line.recorded");
    there.when(Install{"hello:amd64", "2.10", at(1)}).then_rejected("line.recorded");
    there.when(SetStatus{"hello:amd64", "installed", "2.10", {"next", 1, ""}})
        .then(StatusChanged{"hello:amd64", "installed", "2.10", {"next", 1, ""}});
}

TEST(Package, RefusesWhatCannotBe) {
    const auto there = given<Package>(installing, unpacked, installed);
    there.when(Install{"hello:amd64", "2.12", at(5)}).then_rejected("package.already_there");
    there.when(Upgrade{"hello:amd64", "2.9", "2.12", at(5)}).then_rejected("package.other_version");
    there.when(Configure{"hello:amd64", "2.10", at(5)}).then_rejected("package.not_unpacked");
    there.when(SetStatus{"hello:amd64", "broken", "2.10", at(5)}).then_rejected("status.unknown");
    there.when(SetStatus{"hello:amd64", "installed", "", at(5)}).then_rejected("status.without_version");
    const auto removed = given<Package>(installing, unpacked, installed, gone);
    removed.when(Remove{"hello:amd64", "2.10", at(5)}).then_rejected("package.not_there");
    removed.when(Purge{"hello:amd64", "2.10", at(5)}).then_rejected("package.not_there");
    removed.when(Install{"hello:amd64", "2.12", at(5)}).then(InstallBegun{"hello:amd64", "2.12", at(5)});
}

TEST(Package, TakesAStatusThatItsHistoryDoesNotExplainAndSaysSo) {
    given<Package>(installing, unpacked, installed)
        .when(SetStatus{"hello:amd64", "installed", "3.0", at(9)})
        .then(GapFound{"hello:amd64", "2.10", "3.0", at(9)}, StatusChanged{"hello:amd64", "installed", "3.0", at(9)});
}

TEST(Log, TakesEachLineOnceInAnyOrder) {
    const RunStarted second{"archives", "unpack", at(2)};
    const auto log = given<Log>(LogOpened{"log", "dpkg.log", "x"}, second);
    log.when(StartRun{"log", "archives", "unpack", at(2)}).then_rejected("line.recorded");
    log.when(StartRun{"log", "archives", "unpack", at(1)}).then(RunStarted{"archives", "unpack", at(1)});
    log.when(KeepUnknown{"log", "?", at(3)}).then(LineUnknown{"?", at(3)});
    log.when(KeepRefused{"log", "?", "why", at(3)}).then(LineRefused{"?", "why", at(3)});
    log.when(DecideConffile{"log", "/etc/a", "keep", at(3)}).then(ConffileDecided{"/etc/a", "keep", at(3)});
    log.when(OpenLog{"log", "dpkg.log", "x"}).then_rejected("log.opened");
}

}  // namespace
}  // namespace packages
