#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "cli/batch_writer.hpp"
#include "cli/commands.hpp"
#include "cli/line_reader.hpp"
#include "cli/open_store.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "text/event_json.hpp"
#include "varve/limits.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Append events from a file of JSON Lines\n\n"
    "Reads one event a line, in the shape of 'varve export' and 'varve read --json': stream, type and data must be\n"
    "there; metadata, tags, id and contentType may be; position, revision and created are ignored, since the store\n"
    "gives new ones. Events go in in the order of the lines, --batch of them in one commit (fewer where they would be\n"
    "too large for one); a commit is stored whole or not at all. A bad line is named and ends the import: nothing of\n"
    "its batch is stored, everything before it is, and --skip-lines resumes. Blank lines and a byte order mark are\n"
    "passed over. So are events that are there already: those whose id is among the last million events of the store.\n"
    "The store's folder is made when it is not there.";

constexpr const char* examples =
    "  varve import ./bank events.jsonl\n"
    "  varve export ./old | varve import ./new -                          from one store into another\n"
    "  varve import ./bank events.jsonl --durability buffered --batch 10000   fast: synced soon after, not before\n"
    "  varve import ./bank events.jsonl --skip-lines 2000                 resume, as the message of a failure says\n";

constexpr const char* exit_codes =
    "  0  every line is stored, now or before\n"
    "  1  it stopped at a bad line, a full disk or a signal; the message says what is stored and how to resume; or\n"
    "     --skip-lines lies beyond the end, or the store is in use: nothing is stored\n"
    "  2  wrong use";

/// What an event takes in a commit beside its own bytes, rounded up.
constexpr std::size_t event_overhead_bytes = 192;
constexpr std::uint64_t default_batch = 1000;

struct Options {
    std::string store, file;
    std::optional<std::uint64_t> batch, skip_lines;
    Durability durability = Durability::durable;
    bool no_progress = false;
    bool json = false;
};

/// The commit that is being gathered.
struct Batch {
    Commit commit;
    BatchWriter::Lines lines;
    std::size_t bytes = 0;
};

std::size_t stored_bytes(const NewEvent& event) {
    std::size_t bytes = event_overhead_bytes + event.stream.size() + event.type.size() + event.content_type.size() +
                        event.data.size() + event.metadata.size();
    for (const std::string& tag : event.tags) bytes += 1 + tag.size();
    return bytes;
}

class Import {
public:
    Import(const Options& options, LineReader& reader, const Store& store, StopSignals& signals, Screen& screen)
        : options_(options),
          reader_(reader),
          signals_(signals),
          writer_(store),
          progress_(screen, options.no_progress ? Progress::Style::none : Progress::style_for(screen)) {}

    Result<> run() {
        Result<> fed = feed();
        if (!fed && beyond_) return fed;
        const Result<> settled = writer_.settle();
        // A commit that failed lies before the line that stopped the reading.
        if (writer_.failed()) return explained(settled ? fed.error() : settled.error());
        if (!fed) return explained(fed.error());
        return {};
    }

    [[nodiscard]] const BatchWriter& writer() const { return writer_; }
    /// How many lines need not be given again.
    [[nodiscard]] std::uint64_t lines_done() const {
        return beyond_ ? reader_.line() : std::max(writer_.last_line(), options_.skip_lines.value_or(0));
    }
    [[nodiscard]] std::chrono::milliseconds elapsed() const { return progress_.elapsed(); }

private:
    Result<> feed() {
        while (true) {
            const auto line = reader_.next();
            if (!line) return line.error();
            if (!*line) break;
            if (reader_.line() <= options_.skip_lines.value_or(0) || blank(**line)) continue;
            const Result<> taken = take(**line);
            if (!taken) return taken;
        }
        if (reader_.stopped()) return Error{Code::cancelled, "the import was stopped by a signal"};
        if (reader_.line() < options_.skip_lines.value_or(0)) return beyond_the_end();
        return hand_over();
    }

    /// More lines to skip than there are: most likely the wrong file, so it is no success.
    Result<> beyond_the_end() {
        beyond_ = true;
        return Error{Code::out_of_range,
                     fmt::format("--skip-lines {}: {} has only {}, and nothing was imported; is it the right file?",
                                 *options_.skip_lines, reader_.name(), counted(reader_.line(), "line"))};
    }

    Result<> take(std::string_view line) {
        Result<NewEvent> event = text::parse_event_line(line);
        const Result<> fits = event ? check(*event) : Result<>(event.error());
        if (!fits) return Result<>(fits).within(reader_.place());
        const std::size_t bytes = stored_bytes(*event);
        if (batch_.bytes + bytes > limits::commit_bytes) {
            const Result<> handed = hand_over();
            if (!handed) return handed;
        }
        if (batch_.commit.events.empty()) batch_.lines.first = reader_.line();
        batch_.lines.last = reader_.line();
        batch_.bytes += bytes;
        batch_.commit.events.push_back(*std::move(event));
        // At once, not with the next line: that one may be bad, and what stands before its batch is to be stored.
        return batch_.commit.events.size() < options_.batch.value_or(default_batch) ? Result<>() : hand_over();
    }

    Result<> hand_over() {
        if (batch_.commit.events.empty()) return {};
        if (signals_.come()) return Error{Code::cancelled, "the import was stopped by a signal"};
        Batch batch = std::exchange(batch_, {});
        Result<> submitted = writer_.submit(std::move(batch.commit), batch.lines);
        progress_.show({.done = reader_.bytes(), .total = reader_.size(), .amount = writer_.stored()});
        return submitted;
    }

    /// The error, what is stored in spite of it, and how to go on.
    Error explained(Error error) const {
        std::string where;
        if (const auto failed = writer_.failed()) {
            where =
                fmt::format("{}: lines {} to {} could not be stored: ", reader_.name(), failed->first, failed->last);
        }
        const bool unknown = writer_.failed() && error.code == Code::unavailable;
        error.message = fmt::format(
            "{}{}; {} stored before{}; {}resume with --skip-lines {}", where, error.message,
            counted(writer_.stored(), "event") + (writer_.stored() == 1 ? " was" : " were"),
            unknown ? ", and of those lines it is unknown: look at the end of the store (varve read --backward) first"
                    : "",
            error.code == Code::invalid_argument ? "mend the line, then " : "", lines_done());
        return error;
    }

    const Options& options_;
    LineReader& reader_;
    StopSignals& signals_;
    BatchWriter writer_;
    Progress progress_;
    Batch batch_;
    bool beyond_ = false;
};

Result<> print_outcome(const Import& import, const Options& options, bool complete, Screen& screen) {
    const BatchWriter& writer = import.writer();
    const double seconds = std::max(static_cast<double>(import.elapsed().count()) / 1000, 0.001);
    std::string done = "imported " + counted(writer.stored(), "event");
    if (writer.repeated() > 0) done += ", passed over " + with_commas(writer.repeated()) + " that were there already,";
    std::string text;
    if (options.json) {
        text = fmt::format("{{\"complete\":{},\"events\":{},\"repeated\":{},\"lines\":{},\"seconds\":{:.3f}}}\n",
                           complete, writer.stored(), writer.repeated(), import.lines_done(), seconds);
    } else if (complete) {
        text = fmt::format("{} in {:.1f}s ({}/s, {})\n", done, seconds,
                           with_commas(static_cast<std::uint64_t>(static_cast<double>(writer.stored()) / seconds)),
                           to_string(options.durability));
    }
    return tell(screen, text, done);
}

Result<Exit> run(const Options& options, Screen& screen) {
    StopSignals signals;
    Result<LineReader> reader =
        LineReader::open(options.file, [&](int descriptor) { return signals.readable_first(descriptor); });
    if (!reader) return reader.error();
    Result<Store> store = open_to_write(options.store, {.durability = options.durability});
    if (!store) return store.error();
    Result<> outcome;
    {
        Import import(options, *reader, *store, signals, screen);
        outcome = import.run();
        const bool complete = outcome.ok();
        const Result<> closed = store->close();
        if (complete && !closed) {
            outcome = Result<>(closed).within("every line is stored, do not import them again; only closing failed");
        }
        const Result<> told = print_outcome(import, options, complete, screen);
        if (outcome && !told) outcome = told;
    }
    if (!outcome) return outcome.error();
    return Exit::ok;
}

}  // namespace

void add_import(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("import", purpose)
        .argument("STORE", options->store, "The store: the path of its folder, made when it is not there")
        .argument("FILE", options->file, "The file of JSON Lines; - reads standard input")
        .option("--batch", options->batch, "Events in one commit, 1 to 65536 (default 1000)",
                {.least = 1, .most = limits::events_per_commit})
        .option("--skip-lines", options->skip_lines,
                "Pass over the first N lines (blank ones count): they were imported before")
        .option("--durability", "durable|buffered",
                "When a commit counts as stored: synced (default), or handed to the system",
                [options](const std::string& text) -> Result<> {
                    if (text != "durable" && text != "buffered") {
                        return Error{Code::invalid_argument, "'" + text + "' is neither durable nor buffered"};
                    }
                    options->durability = text == "durable" ? Durability::durable : Durability::buffered;
                    return {};
                })
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The outcome as one JSON object: complete, events, repeated, lines, seconds")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
