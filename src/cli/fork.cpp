#include <memory>

#include "cli/commands.hpp"
#include "cli/copy_command.hpp"
#include "cli/open_store.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Branch a store: a second one with the same past\n\n"
    "For what-if runs, tests on real data, a look at how things stood. The new store has the history up to now, or up\n"
    "to a position or a moment, and goes its own way from there. The two share sealed segments, which never change,\n"
    "by hard links: it takes an instant and hardly any room whatever the store's size, writing to one is never seen\n"
    "in the other, and either may be deleted. It may run beside a writer. The index is built when the fork is first\n"
    "opened to write. What is shared is not read: 'varve verify' does that.\n\n"
    "Both must lie on one file system. A fork is no backup: the two share the bytes of one disk.";

constexpr const char* examples =
    "  varve fork ./bank ./bank.whatif\n"
    "  varve fork ./bank ./bank.noon --at-time '2026-11-23 12:00'\n"
    "  varve fork ./bank ./bank.before --at 4711     events 0 to 4710\n"
    "  rm -r ./bank.whatif                           ./bank does not notice\n";

constexpr const char* exit_codes =
    "  0  the fork is there\n"
    "  1  it is not: what would be copied of the store is damaged, TARGET is not empty or on another file system ...\n"
    "  2  wrong use";

}  // namespace

void add_fork(CommandLine& line) {
    auto options = std::make_shared<CopyOptions>();
    line.command("fork", purpose)
        .argument("STORE", options->from, folder_help)
        .argument("TARGET", options->target, "The new store: a new or empty folder on the same file system")
        .option("--at", options->until.position, "Only the events below this position, between two commits")
        .option("--at-time", options->until.time, "Only what was committed at or before this moment")
        .excludes("--at", "--at-time")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The outcome as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run_copy(varve::fork, "forked", *options, screen); });
}

}  // namespace varve::cli
