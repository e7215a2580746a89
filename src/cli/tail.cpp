#include <chrono>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/print_event.hpp"
#include "cli/selection_options.hpp"
#include "cli/signals.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Show the latest events and follow what comes, live\n\n"
    "Prints the last events of the selection (10, or as --limit says; --limit 0: none), or all from a position on,\n"
    "then each new one as soon as it is committed, until Ctrl-C. It looks beside a running writer and never holds\n"
    "it up: a slow terminal just falls behind.";

constexpr const char* examples =
    "  varve tail ./bank                        the last ten events, then live\n"
    "  varve tail ./bank -s account-a1 -n 0     only what happens to one stream from now on\n"
    "  varve tail ./bank --from 120 --json      from a known position on, for a script\n";

constexpr const char* exit_codes =
    "  0  ended by SIGINT (Ctrl-C), SIGTERM, or because nobody reads the output any more\n"
    "  1  the store could not be opened or read, or standard output not be written\n"
    "  2  wrong use";

/// How long a wish to stop may go unnoticed while nothing happens.
constexpr std::chrono::milliseconds patience{100};
constexpr std::uint64_t stop_asked_every = 256;
constexpr std::uint64_t latest_shown = 10;

struct Options {
    std::string store;
    SelectionOptions selection;
    bool full = false;
    bool json = false;
};

/// Where the last `count` events of the selection begin; the head when there are none to show.
Result<Position> start_of_last(const Store& store, Selection selection, std::uint64_t count) {
    Position start = store.head();
    if (count == 0) return start;
    selection.direction = Direction::backward;
    selection.limit = count;
    Result<Cursor> cursor = store.read(selection);
    if (!cursor) return cursor.error();
    const Result<> walked = cursor->each([&](const Event& event) { start = event.position; });
    if (!walked) return walked.error();
    return start;
}

Result<Exit> follow(Subscription& subscription, EventPrinter& printer, Screen& screen, StopSignals& signals) {
    std::uint64_t unflushed = 0;
    while (true) {
        // While events stream in, asking for each of them whether to stop would cost more than printing it.
        if (unflushed % stop_asked_every == 0 && (signals.come() || screen.out.reader_gone())) break;
        const auto now = std::chrono::steady_clock::now();
        const Result<const Event*> event = subscription.next(unflushed > 0 ? now : now + patience);
        if (!event) {
            static_cast<void>(printer.flush());
            return event.error();
        }
        if (*event != nullptr) {
            printer.print(**event);
            ++unflushed;
            continue;
        }
        unflushed = 0;
        const Result<> flushed = printer.flush();
        if (!flushed) return flushed.error();
    }
    const Result<> flushed = printer.flush();
    if (!flushed) return flushed.error();
    return Exit::ok;
}

Result<Exit> run(const Options& options, Screen& screen) {
    StopSignals signals;
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    Selection selection = options.selection.selection();
    selection.limit = no_limit;
    if (!selection.from) {
        const Result<Position> start = start_of_last(*store, selection, options.selection.limit.value_or(latest_shown));
        if (!start) return start.error();
        selection.from = *start;
    }
    Result<Subscription> subscription = store->subscribe(selection);
    if (!subscription) return subscription.error();
    EventPrinter printer(screen, options.json ? EventStyle::json : options.full ? EventStyle::full : EventStyle::line);
    return follow(*subscription, printer, screen, signals);
}

}  // namespace

void add_tail(CommandLine& line) {
    auto options = std::make_shared<Options>();
    Command command = line.command("tail", purpose);
    command.argument("STORE", options->store, store_help);
    add_source_options(command, options->selection);
    command
        .option("--from", options->selection.from,
                "Begin at this position (included; the first one is 0) instead of near the end")
        .option("-n,--limit", options->selection.limit, "Begin with the last N events (default 10)")
        .flag("--full", options->full, "Everything of each event: id, tags, metadata and all data")
        .json(options->json, "One JSON object a line")
        .excludes("--from", "--limit")
        .excludes("--full", "--json")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
