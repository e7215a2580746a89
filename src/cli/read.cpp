#include <memory>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/print_event.hpp"
#include "cli/selection_options.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Show events: all of them, one stream's, or those of a category, type or tag\n\n"
    "Prints the selected events in order, one a line: position, time, stream@revision, type, data. On a terminal\n"
    "data is shortened to the width; --full shows everything, --json gives one JSON object a line, in the shape\n"
    "that 'varve import' reads. It looks beside a running writer, takes no lock and changes nothing.";

constexpr const char* examples =
    "  varve read ./bank --stream account-a1           the history of one stream\n"
    "  varve read ./bank --backward --limit 10         the ten latest events, newest first\n"
    "  varve read ./bank -c account --as-of 2026-11-01 what was known of accounts at that moment\n"
    "  varve read ./bank --type Withdrawn --tag big     by type and tag, whatever the stream\n"
    "  varve read ./bank --json | jq -r .type          for scripts\n";

constexpr const char* exit_codes =
    "  0  the events were printed (a stream that does not exist has none)\n"
    "  1  the store could not be opened or read, or standard output not be written\n"
    "  2  wrong use";

struct Options {
    std::string store;
    SelectionOptions selection;
    bool full = false;
    bool json = false;
};

Result<Exit> run(const Options& options, Screen& screen) {
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    Result<Cursor> cursor = store->read(options.selection.selection());
    if (!cursor) return cursor.error();
    EventPrinter printer(screen, options.json ? EventStyle::json : options.full ? EventStyle::full : EventStyle::line);
    const Result<> walked = cursor->each([&](const Event& event) {
        printer.print(event);
        return !screen.out.closed();
    });
    const Result<> flushed = printer.flush();
    if (!walked) return walked.error();
    if (!flushed) return flushed.error();
    return Exit::ok;
}

}  // namespace

void add_read(CommandLine& line) {
    auto options = std::make_shared<Options>();
    Command command = line.command("read", purpose);
    command.argument("STORE", options->store, store_help);
    add_selection_options(command, options->selection);
    command.flag("-b,--backward", options->selection.backward, "Newest first; --from is then the upper bound")
        .flag("--full", options->full, "Everything of each event: id, tags, metadata and all data")
        .json(options->json, "One JSON object a line")
        .excludes("--full", "--json")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
