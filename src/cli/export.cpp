#include <algorithm>
#include <memory>

#include "cli/commands.hpp"
#include "cli/new_file.hpp"
#include "cli/open_store.hpp"
#include "cli/progress.hpp"
#include "cli/selection_options.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "text/event_json.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Write events to a file of JSON Lines\n\n"
    "One event a line, in the shape that 'varve import' reads and 'varve read --json' prints, oldest first; all\n"
    "events, or those selected. The file appears when it is complete, never half. It looks beside a running writer\n"
    "and writes what was committed when it began.";

constexpr const char* examples =
    "  varve export ./bank bank.jsonl\n"
    "  varve export ./bank october.jsonl --as-of 2026-11-01 --force    replaces the file\n"
    "  varve export ./bank | gzip > bank.jsonl.gz                      standard output, compressed on the way\n"
    "  varve export ./bank -c account | varve import ./accounts -      one category into a store of its own\n";

constexpr const char* exit_codes =
    "  0  everything selected was written\n"
    "  1  the store could not be read or the file not written (no FILE is left behind), or a signal came\n"
    "  2  wrong use";

struct Options {
    std::string store;
    std::optional<std::string> file;
    SelectionOptions selection;
    bool force = false;
    bool no_progress = false;
    bool json = false;

    [[nodiscard]] bool to_file() const { return file && *file != "-"; }
};

/// The positions that the export will pass over, for the bar; nothing when a limit ends it earlier.
std::optional<std::uint64_t> span_of(const Store& store, const Selection& selection) {
    if (selection.limit != no_limit) return {};
    const std::uint64_t end = std::min(store.head().value, selection.until ? (*selection.until + 1).value : no_limit);
    const std::uint64_t begin = selection.from ? selection.from->value : 0;
    return end > begin ? end - begin : 0;
}

/// Writes all events; answers how many.
Result<std::uint64_t> copy(const Store& store, const Selection& selection, Output& out, Progress& progress,
                           StopSignals& signals) {
    constexpr std::uint64_t look_every = 1024;
    Result<Cursor> cursor = store.read(selection);
    if (!cursor) return cursor.error();
    const auto total = span_of(store, selection);
    const std::uint64_t begin = selection.from ? selection.from->value : 0;
    std::uint64_t events = 0;
    bool stopped = false;
    std::string text;
    const Result<> walked = cursor->each([&](const Event& event) {
        text.clear();
        text::append_event_json(text, event);
        text += '\n';
        out << text;
        if (++events % look_every == 0) {
            progress.show({.done = event.position.value + 1 - begin, .total = total, .amount = events});
            stopped = signals.come();
        }
        return !stopped && !out.closed();
    });
    if (!walked) return walked.error();
    if (stopped) return Error{Code::cancelled, "the export was stopped by a signal; repeat the command"};
    const Result<> flushed = out.flush();
    if (!flushed) return flushed.error();
    return events;
}

Result<Exit> run(const Options& options, Screen& screen) {
    StopSignals signals;
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    const Selection selection = options.selection.selection();
    // A bar between the lines of an export that goes to the same terminal would only be in the way.
    const bool quiet = options.no_progress || (!options.to_file() && screen.out_is_terminal);
    const auto style = quiet ? Progress::Style::none : Progress::style_for(screen);
    if (!options.to_file()) {
        Progress progress(screen, style);
        const auto events = copy(*store, selection, screen.out, progress, signals);
        if (!events) return events.error();
        return Exit::ok;
    }
    Result<NewFile> file = NewFile::create(*options.file, options.force);
    if (!file) return file.error();
    Output out(file->descriptor(), *options.file);
    Result<std::uint64_t> events = 0;
    {
        Progress progress(screen, style);
        events = copy(*store, selection, out, progress, signals);
    }
    if (!events) return events.error();
    const Result<> completed = file->complete();
    if (!completed) return completed.error();
    const std::string done = "exported " + counted(*events, "event") + " to " + *options.file;
    std::string text = done + "\n";
    if (options.json) {
        text = "{\"events\":" + std::to_string(*events) + ",\"file\":";
        append_json_string(text, *options.file);
        text += "}\n";
    }
    const Result<> told = tell(screen, text, done);
    if (!told) return told.error();
    return Exit::ok;
}

}  // namespace

void add_export(CommandLine& line) {
    auto options = std::make_shared<Options>();
    Command command = line.command("export", purpose);
    command.argument("STORE", options->store, store_help)
        .optional_argument("FILE", options->file, "The file to write; - or nothing: standard output");
    add_selection_options(command, options->selection);
    command.flag("--force", options->force, "Replace the file when it is there")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "With FILE: the outcome as one JSON object: events, file")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
