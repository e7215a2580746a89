#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "cli/commands.hpp"
#include "cli/expectation.hpp"
#include "cli/line_reader.hpp"
#include "cli/open_store.hpp"
#include "cli/selection_options.hpp"
#include "cli/text.hpp"
#include "text/error_json.hpp"
#include "text/event_json.hpp"
#include "varve/cbor.hpp"
#include "varve/json_value.hpp"
#include "varve/limits.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Append one event, or several in one commit\n\n"
    "Stores a fact durably and prints where it came to lie. The store's folder is made when it is not there. DATA is\n"
    "JSON unless --content-type says otherwise; '-' reads it from standard input, and without it JSON data is {}.\n"
    "--expect makes the append fail when the stream is not where you believe it to be, the --unless options when an\n"
    "event matches a query, whatever its stream. An append that may have to be sent again, by a script that does not\n"
    "know whether it worked, is safe with --id or --command-id: the second time nothing is stored, and the answer is\n"
    "that of the first. With --lines, JSON Lines from\n"
    "standard input (the shape of 'varve read --json') become one commit, all or nothing; STREAM and TYPE then stand\n"
    "in for lines that have none; blank lines and a byte order mark are passed over.";

constexpr const char* examples =
    "  varve append ./bank account-a1 Opened '{\"owner\":\"Ada\"}' --expect none\n"
    "  varve append ./bank account-a1 Deposited '{\"cents\":500}' --expect 0 --tag account:a1 \\\n"
    "      --metadata '{\"by\":\"teller 7\"}'\n"
    "  varve append ./shop user-17 Registered '{}' --tag name:ada --unless-tag name:ada    unique names\n"
    "  varve append ./bank photo-7 Taken - --content-type image/png < photo.png\n"
    "  printf '%s\\n' '{\"stream\":\"account-a1\",\"type\":\"Withdrawn\",\"data\":{\"cents\":20}}' \\\n"
    "      '{\"stream\":\"account-b2\",\"type\":\"Deposited\",\"data\":{\"cents\":20}}' | varve append ./bank "
    "--lines\n";

constexpr const char* exit_codes =
    "  0  everything is stored, as durably as the receipt says\n"
    "  1  nothing is stored: an expectation did not hold, data is not JSON, a limit, the store is in use, disk full;\n"
    "     or, where the message says so: it is stored but could not be told (standard output is full, the store did\n"
    "     not close), or unknown after a failed sync: look with 'varve read --backward' before you repeat it\n"
    "  2  wrong use: nothing is stored";

struct Options {
    std::string store;
    std::optional<std::string> stream, type, data;
    std::optional<std::string> metadata, content_type;
    std::vector<std::string> tags;
    std::optional<Expected> expect;
    QueryOptions unless;
    std::optional<Position> after;
    std::optional<EventId> id;
    std::optional<std::string> command_id;
    bool lines = false;
    bool json = false;
};

Error bad(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

/// All of standard input, as far as an event may hold it and one byte more.
Result<std::string> read_standard_input() {
    std::string bytes;
    while (bytes.size() <= limits::event_bytes) {
        const std::size_t held = bytes.size();
        bytes.resize(held + (1 << 16));
        const ssize_t got = ::read(0, bytes.data() + held, bytes.size() - held);
        bytes.resize(held + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got == 0) break;
        if (got < 0 && errno != EINTR) {
            return Error{Code::unavailable, "cannot read standard input: " + std::string(std::strerror(errno))};
        }
    }
    return bytes;
}

Result<std::string> data_of(const Options& options, bool json) {
    if (!options.data) return std::string(json ? "{}" : "");
    if (*options.data != "-") return *options.data;
    Result<std::string> bytes = read_standard_input();
    // What ends a line in a text file is no part of a JSON value.
    while (bytes && json && (bytes->ends_with('\n') || bytes->ends_with('\r'))) bytes->pop_back();
    return bytes;
}

Result<NewEvent> event_from_arguments(const Options& options) {
    NewEvent event{.stream = *options.stream, .type = *options.type};
    event.content_type = options.content_type.value_or(std::string(json_content));
    event.tags = options.tags;
    event.id = options.id.value_or(EventId{});
    const bool cbor = text::is_cbor(event.content_type);
    const bool json = cbor || text::is_json(event.content_type);
    Result<std::string> data = data_of(options, json);
    if (!data) return data.error();
    event.data = *std::move(data);
    if (json && event.data.size() <= limits::event_bytes) {
        const Result<> valid = check_json(event.data);
        if (!valid)
            return bad("DATA is not JSON: " + valid.error().message +
                       "; for other data say --content-type, e.g. text/plain");
        if (cbor) event.data = json_to_cbor(event.data).value();
    }
    if (options.metadata) {
        event.metadata = *options.metadata;
        const Result<JsonDocument> metadata = parse_json(event.metadata);
        if (!metadata) return bad("--metadata is not JSON: " + metadata.error().message);
        if (metadata->root().kind() != JsonKind::object)
            return bad("--metadata must be a JSON object such as {\"by\":\"Ada\"}");
    }
    return event;
}

Result<std::vector<NewEvent>> events_from_lines(const Options& options) {
    const text::LineDefaults defaults{.stream = options.stream.value_or(""), .type = options.type.value_or("")};
    Result<LineReader> reader = LineReader::open("-");
    if (!reader) return reader.error();
    std::vector<NewEvent> events;
    while (true) {
        const auto line = reader->next();
        if (!line) return line.error();
        if (!*line) return events;
        if (blank(**line)) continue;
        Result<NewEvent> event = text::parse_event_line(**line, defaults);
        const Result<> fits = event ? check(*event) : Result<>(event.error());
        if (!fits) return Result<>(fits).within(reader->place()).error().within("nothing is stored");
        if (events.size() == limits::events_per_commit) {
            return bad(reader->place() + ": a commit holds at most " + std::to_string(limits::events_per_commit) +
                       " events; nothing is stored; use 'varve import' for more");
        }
        events.push_back(*std::move(event));
    }
}

Result<Commit> commit_from(const Options& options) {
    Commit commit;
    if (options.lines) {
        auto events = events_from_lines(options);
        if (!events) return events.error();
        if (events->empty()) return bad("standard input holds no line: nothing to append");
        commit.events = *std::move(events);
    } else {
        Result<NewEvent> event = event_from_arguments(options);
        if (!event) return event.error();
        const Result<> fits = check(*event);
        if (!fits) return fits.error();
        commit.events.push_back(*std::move(event));
    }
    if (options.command_id) {
        if (options.command_id->empty()) return bad("--command-id is empty: give it a name, or leave it out");
        commit.command_id = *options.command_id;
    }
    if (options.expect && options.expect->kind() != Expected::Kind::any) {
        commit.conditions.push_back(StreamIs{*options.stream, *options.expect});
    }
    if (auto query = options.unless.given()) commit.unless(*std::move(query), options.after);
    return commit;
}

std::string as_text(const Receipt& receipt) {
    constexpr std::size_t named = 4;
    std::string text = receipt.repeated ? "nothing new: this was appended before, " : "appended ";
    text += counted(receipt.last - receipt.first + 1, "event") + " at position " + std::to_string(receipt.first.value);
    if (receipt.last != receipt.first) text += ".." + std::to_string(receipt.last.value);
    for (std::size_t i = 0; i < std::min(named, receipt.streams.size()); ++i) {
        text += (i == 0 ? "; " : ", ") + one_line(receipt.streams[i].stream) +
                (receipt.repeated ? " was at revision " : " is at revision ") +
                std::to_string(receipt.streams[i].last.value);
    }
    if (receipt.streams.size() > named) text += " and " + counted(receipt.streams.size() - named, "more stream");
    return text + " (" + std::string(to_string(receipt.durability)) + ")\n";
}

Result<Exit> run(const Options& options, Screen& screen) {
    // Bad input must not leave an empty store behind, hence first the commit, then the store.
    Result<Commit> commit = commit_from(options);
    if (!commit) return commit.error();
    Result<Store> store = open_to_write(options.store);
    if (!store) return store.error();
    const Result<Receipt> receipt = store->append(*std::move(commit));
    if (!receipt) return receipt.error();
    const Result<> closed = store->close();
    const std::string done = counted(receipt->last - receipt->first + 1, "event") + " stored at position " +
                             std::to_string(receipt->first.value) + " (" + std::string(to_string(receipt->durability)) +
                             ")";
    const Result<> told = tell(screen, options.json ? text::receipt_json(*receipt) + "\n" : as_text(*receipt), done);
    if (!told) return told.error();
    if (!closed) return Result<>(closed).within(done + ", but the store could not be closed").error();
    return Exit::ok;
}

Command::Parse id_parser(std::optional<EventId>& into) {
    return [&into](const std::string& text) -> Result<> {
        into = EventId::parse(text);
        if (!into) return bad("'" + text + "' is no UUID such as c56a4180-65aa-42ec-a945-5fd21dec0538");
        return {};
    };
}

Result<> rules(const Options& options) {
    if (!options.lines && (!options.stream || !options.type))
        return bad(options.stream ? "TYPE is missing (what happened, e.g. Deposited)"
                                  : "STREAM is missing (the stream, e.g. account-a1)");
    if (options.lines && options.data) return bad("--lines reads the events from standard input: leave DATA out");
    if (options.lines && options.expect && !options.stream)
        return bad("--expect needs STREAM, the stream it speaks of");
    if (options.after && !options.unless.given())
        return bad("--after needs --unless, --unless-type or --unless-tag, which it bounds");
    return {};
}

}  // namespace

void add_append(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("append", purpose)
        .argument("STORE", options->store, "The store: the path of its folder, made when it is not there")
        .optional_argument("STREAM", options->stream, "The stream, e.g. account-a1")
        .optional_argument("TYPE", options->type, "What happened, e.g. Deposited")
        .optional_argument("DATA", options->data, "The fact itself, at most 8 MiB; - reads standard input")
        .option("-e,--expect", expectation_values, "What STREAM must be like, else nothing is stored (default any)",
                expectation_parser(options->expect))
        .options("--unless-type", "TYPE", options->unless.types,
                 "Store nothing when an event of this type exists; repeated: of any of them")
        .options("--unless-tag", "TAG", options->unless.tags,
                 "Store nothing when an event with this tag exists; repeated: with all of them")
        .option("--unless", "JSON", "The same by a query: [{\"types\":[...],\"tags\":[...]}, ...]",
                query_parser(options->unless.query))
        .option("--after", options->after, "Only events after this position count for --unless...")
        .option("-m,--metadata", "JSON", options->metadata, "About the fact: a JSON object")
        .options("-t,--tag", "TAG", options->tags, "A tag, e.g. account:a1; may be repeated")
        .option("--id", "UUID", "Its identity (default: a random one)", id_parser(options->id))
        .option("--command-id", "ID", options->command_id,
                "A name for this append: with the same one again, nothing more is stored")
        .option("--content-type", "TYPE", options->content_type, "Of DATA (default application/json)")
        .flag("--lines", options->lines, "Events as JSON Lines from standard input, one commit")
        .json(options->json, "The receipt as one JSON object")
        .excludes("--unless", "--unless-type")
        .excludes("--unless", "--unless-tag")
        .excludes("--lines", "--metadata")
        .excludes("--lines", "--tag")
        .excludes("--lines", "--id")
        .excludes("--lines", "--content-type")
        .examples(examples)
        .exit_codes(exit_codes)
        .check([options] { return rules(*options); })
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
