#include <memory>
#include <optional>
#include <utility>

#include "cli/commands.hpp"
#include "cli/long_work.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Give room back to the disk: that of removed events, and more by compressing\n\n"
    "What a stream's settings, a deletion or a tombstone have removed is not read any more, but its bytes stay until "
    "a\n"
    "compaction: this rewrites every segment that holds some, reads the new file back, and puts it in the place of "
    "the\n"
    "old one in one step. Positions, revisions and digests stay what they were. Stopped or killed it leaves a whole\n"
    "store; repeat it to go on.\n\n"
    "With --compress all sealed segments are compressed (zstd, in pages, with a dictionary each), and the one that is\n"
    "being written is sealed first when a MiB or more is in it. Reads, digests, backups and forks are as before; an "
    "event\n"
    "is read out of one page. It is a compaction too: what is removed goes (--dry-run by itself tells what that is).\n"
    "Later compactions leave each segment as it is, unless they are told --compress or --decompress.\n\n"
    "It takes the store's lock: an application that has the store open compacts it itself (Store::compact), while it\n"
    "goes on writing. With --dry-run it only counts, and may run beside a writer. Backups and forks keep what they\n"
    "have: the bytes of removed events are gone from the disk when those are renewed or deleted too.";

constexpr const char* examples =
    "  varve compact ./bank --dry-run\n"
    "  varve compact ./bank\n"
    "  varve compact ./bank --compress                                  history takes a part of its room\n"
    "  varve compact ./bank && varve backup ./bank /mnt/backup/bank     the backup forgets them too\n";

constexpr const char* exit_codes =
    "  0  nothing that is removed takes room any more (but headers)\n"
    "  1  not all was done: stopped, damage, a full disk, the store is in use ...\n"
    "  2  wrong use";

struct Options {
    std::string store;
    bool dry_run = false;
    bool compress = false;
    bool decompress = false;
    bool no_progress = false;
    bool json = false;
};

std::string as_json(const CompactReport& report) {
    return "{\"segments\":" + std::to_string(report.segments) + ",\"rewritten\":" + std::to_string(report.rewritten) +
           ",\"events\":" + std::to_string(report.events) + ",\"bytesBefore\":" + std::to_string(report.bytes_before) +
           ",\"bytesAfter\":" + std::to_string(report.bytes_after) + "}\n";
}

Compression wanted(const Options& options) {
    if (options.decompress) return Compression::none;
    return options.compress ? Compression::zstd : Compression::as_is;
}

std::string as_text(const CompactReport& report, const Options& options) {
    if (report.rewritten == 0) return "nothing to do in " + counted(report.segments, "segment") + "\n";
    const std::string part = with_commas(report.rewritten) + " of " + counted(report.segments, "segment");
    std::string done;
    if (report.events > 0) done = (options.dry_run ? "would remove " : "removed ") + counted(report.events, "event");
    if (wanted(options) == Compression::as_is) {
        done += " from " + part;
    } else {
        done += (done.empty() ? "rewrote " : ", rewrote ") + part;
    }
    return done + ": " + bytes_text(report.bytes_before) + (options.dry_run ? " would become about " : " became ") +
           bytes_text(report.bytes_after) + "\n";
}

Result<Exit> run(const Options& options, Screen& screen) {
    // Before the store's threads begin: signals are for this one.
    std::optional<LongWork> work(std::in_place, screen, options.no_progress);
    auto store = options.dry_run ? open_to_read(options.store) : open_to_write(options.store, {.create = false});
    if (!store) return store.error();
    auto report = store->compact({.compression = wanted(options), .dry_run = options.dry_run, .watch = work->watch()});
    work.reset();
    auto closed = store->close();
    if (!report) return report.error();
    const auto told =
        tell(screen, options.json ? as_json(*report) : as_text(*report, options), "the store is compacted");
    if (!told) return told.error();
    if (!closed) return closed.error();
    return Exit::ok;
}

}  // namespace

void add_compact(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("compact", purpose)
        .argument("STORE", options->store, folder_help)
        .flag("--dry-run", options->dry_run, "Only count what would go")
        .flag("--compress", options->compress, "Compress all sealed segments")
        .flag("--decompress", options->decompress, "Store all sealed segments as they were appended")
        .excludes("--compress", "--decompress")
        .excludes("--compress", "--dry-run")
        .excludes("--decompress", "--dry-run")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The outcome as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
