#include <memory>

#include "cli/commands.hpp"
#include "cli/copy_command.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Make a store of a backup\n\n"
    "All of it, or the history up to a position or a moment. Everything is checked on the way. TARGET is no store\n"
    "before it is whole; when the command is stopped or killed, the same command goes on where it ended.\n\n"
    "The new store has an id of its own in every file: its files and those of the old store are never taken for one\n"
    "another. A position must lie between two commits, because half a commit is no history.";

constexpr const char* examples =
    "  varve restore /mnt/backup/bank ./bank\n"
    "  varve restore /mnt/backup/bank ./yesterday --to-time '2026-11-22 18:00'\n"
    "  varve restore /mnt/backup/bank ./before --to-position 4711    events 0 to 4710\n";

constexpr const char* exit_codes =
    "  0  the store is there, whole and checked\n"
    "  1  it is not: the backup is damaged or no backup, TARGET is not empty, the disk full ...\n"
    "  2  wrong use";

}  // namespace

void add_restore(CommandLine& line) {
    auto options = std::make_shared<CopyOptions>();
    line.command("restore", purpose)
        .argument("BACKUP", options->from, "The backup: the path of its folder")
        .argument("TARGET", options->target, "The new store: a new or empty folder")
        .option("--to-position", options->until.position, "Only the events below this position")
        .option("--to-time", options->until.time, "Only what was committed at or before this moment")
        .excludes("--to-position", "--to-time")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The outcome as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run_copy(varve::restore, "restored", *options, screen); });
}

}  // namespace varve::cli
