#include <memory>

#include "cli/commands.hpp"
#include "cli/long_work.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/backup.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Copy a store, running or not, to a backup folder\n\n"
    "The first time everything is copied, later only what is new: repeat it as often as you like, into the same\n"
    "folder. Every copy is read again and checked before it counts. The backup changes from what it was to what is\n"
    "committed now in one step: a backup that is stopped or killed leaves the one before as it was, and the next goes\n"
    "on where it ended. The writer does not notice. The index is not copied.\n\n"
    "What is there from earlier is not read again, but with --check: then files that have become damaged are copied "
    "anew.\n"
    "A backup cannot be opened as a store, so nobody writes to it by mistake. 'varve verify' reads it, 'varve "
    "restore'\n"
    "makes a store of it. Keep it on another disk, and the digest that is printed somewhere else still.";

constexpr const char* examples =
    "  varve backup ./bank /mnt/backup/bank\n"
    "  varve backup ./bank /mnt/backup/bank --json | jq -r .digest    from a timer, every hour\n"
    "  varve backup ./bank /mnt/backup/bank --check                   now and then: disks forget\n"
    "  varve backup ./bank ./bank.before --link                       quick and small, on the same disk\n";

constexpr const char* exit_codes =
    "  0  the backup holds everything that was committed when it began (what it held before counts as it is, without\n"
    "     --check)\n"
    "  1  it does not: the backup is what it was before; the store is damaged, the disk full, the folder another's "
    "...\n"
    "  2  wrong use";

struct Options {
    std::string store;
    std::string target;
    bool link = false;
    bool check = false;
    bool no_progress = false;
    bool json = false;
};

std::string as_json(const BackupReport& report) {
    std::string text =
        "{\"segments\":" + std::to_string(report.segments) + ",\"copied\":" + std::to_string(report.copied) +
        ",\"linked\":" + std::to_string(report.linked) + ",\"kept\":" + std::to_string(report.kept) +
        ",\"replaced\":" + std::to_string(report.replaced) + ",\"bytesCopied\":" + std::to_string(report.bytes_copied) +
        ",\"bytes\":" + std::to_string(report.bytes) + ",\"events\":" + std::to_string(report.events) + ",\"digest\":";
    append_json_string(text, report.digest);
    return text + "}\n";
}

std::string as_text(const BackupReport& report, bool link) {
    return "backed up " + counted(report.events, "event") + " in " + counted(report.segments, "segment") + ", " +
           bytes_text(report.bytes) + ": " + with_commas(report.copied) + " copied (" +
           bytes_text(report.bytes_copied) + "), " + (link ? with_commas(report.linked) + " linked, " : "") +
           with_commas(report.kept) + " kept" +
           (report.replaced > 0 ? "; " + with_commas(report.replaced) + " had become damaged" : "") + "\ndigest " +
           report.digest + "\n";
}

Result<Exit> run(const Options& options, Screen& screen) {
    const Result<BackupReport> report = [&] {
        LongWork work(screen, options.no_progress);
        return backup(options.store, options.target,
                      {.link = options.link, .check = options.check, .watch = work.watch()});
    }();
    if (!report) return report.error();
    const Result<> told = tell(screen, options.json ? as_json(*report) : as_text(*report, options.link),
                               "the backup holds " + counted(report->events, "event"));
    if (!told) return told.error();
    return Exit::ok;
}

}  // namespace

void add_backup(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("backup", purpose)
        .argument("STORE", options->store, folder_help)
        .argument("TARGET", options->target, "The backup: a new or empty folder, or that of an earlier backup")
        .flag("--link", options->link, "Share sealed segments by hard links where the file system can")
        .flag("--check", options->check, "Read what is kept from earlier too; copy again what is damaged")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The outcome as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
