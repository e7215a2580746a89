#include <algorithm>
#include <memory>
#include <vector>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "List the streams of a store\n\n"
    "One line a stream, in byte order of their names: name, number of events that a read shows, position of the last\n"
    "one. Deleted streams are left out, and so are settings, the streams '$$...', unless --prefix asks for them. It\n"
    "looks beside a running writer, takes no lock and changes nothing.";

constexpr const char* examples =
    "  varve streams ./bank                                  all of them\n"
    "  varve streams ./bank --prefix account- --limit 20     the first twenty accounts\n"
    "  varve streams ./bank --after account-a20 --limit 20   the next page\n"
    "  varve streams ./bank --prefix '$$'                    which streams have settings ('varve keep')\n"
    "  varve streams ./bank --json | jq -r .name             for scripts\n";

constexpr const char* exit_codes =
    "  0  the streams were listed (there may be none)\n"
    "  1  the store could not be opened or read, or standard output not be written\n"
    "  2  wrong use";

constexpr std::uint64_t page = 1000;

struct Options {
    std::string store;
    std::optional<std::string> prefix, after;
    std::optional<std::uint64_t> limit;
    bool json = false;
};

/// The settings of streams; no name of a stream sorts between them and this.
constexpr std::string_view settings_prefix = "$$";
constexpr std::string_view settings_end = "$$\xff";

/// A stream with the first revision that a read shows; nothing: it shows none.
struct Line {
    StreamInfo stream;
    std::optional<Revision> first;

    [[nodiscard]] std::uint64_t events() const { return first ? stream.last - *first + 1 : 0; }
};

Result<std::vector<Line>> lines_of(const Store& store, std::vector<StreamInfo> streams, bool settings) {
    std::vector<Line> lines;
    for (StreamInfo& stream : streams) {
        Line line{.stream = std::move(stream), .first = Revision{0}};
        if (settings) {
            const auto standing = store.retention(line.stream.name);
            if (!standing) return standing.error();
            line.first = standing->first;
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

void print_json(const std::vector<Line>& lines, Screen& screen) {
    std::string text;
    for (const Line& line : lines) {
        const StreamInfo& stream = line.stream;
        text += "{\"name\":";
        append_json_string(text, stream.name);
        text += ",\"events\":" + std::to_string(line.events());
        text += ",\"firstRevision\":" + (line.first ? std::to_string(line.first->value) : "null");
        text += ",\"lastRevision\":" + std::to_string(stream.last.value);
        text += ",\"lastPosition\":" + std::to_string(stream.last_position.value) + "}\n";
    }
    screen.out << text;
}

/// A page at a time: widths may grow from one page to the next, memory does not.
void print_table(const std::vector<Line>& lines, bool heading, Screen& screen) {
    std::size_t name_width = 6, events_width = 6;
    for (const Line& line : lines) {
        name_width = std::max(name_width, columns(one_line(line.stream.name)));
        events_width = std::max(events_width, with_commas(line.events()).size());
    }
    const auto row = [&](std::string_view name, std::string_view events, std::string_view last) {
        return padded(name, name_width) + "  " + right_aligned(events, events_width) + "  " + right_aligned(last, 13);
    };
    if (heading) screen.out << paint(screen, Colour::dim, row("stream", "events", "last position")) << "\n";
    for (const Line& line : lines) {
        screen.out << row(one_line(line.stream.name), with_commas(line.events()),
                          std::to_string(line.stream.last_position.value))
                   << "\n";
    }
}

Result<Exit> run(const Options& options, Screen& screen) {
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    const std::string prefix = options.prefix.value_or("");
    const auto settings = store->streams(settings_prefix, {}, 1);
    if (!settings) return settings.error();
    std::string after = options.after.value_or("");
    std::uint64_t left = options.limit.value_or(no_limit);
    bool heading = true;
    while (left > 0 && !screen.out.closed()) {
        const auto wanted = static_cast<std::size_t>(std::min(left, page));
        auto streams = store->streams(prefix, after, wanted);
        if (!streams) return streams.error();
        if (streams->empty()) break;
        after = streams->back().name;
        if (!prefix.starts_with(settings_prefix)) {
            const auto left_out = [](const StreamInfo& stream) { return stream.name.starts_with(settings_prefix); };
            if (std::erase_if(*streams, left_out) > 0) after = std::max<std::string>(after, std::string(settings_end));
            if (streams->empty()) continue;
        }
        const auto lines = lines_of(*store, *std::move(streams), !settings->empty());
        if (!lines) return lines.error();
        if (options.json) {
            print_json(*lines, screen);
        } else {
            print_table(*lines, heading, screen);
        }
        heading = false;
        left -= lines->size();
    }
    return Exit::ok;
}

}  // namespace

void add_streams(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("streams", purpose)
        .argument("STORE", options->store, store_help)
        .option("--prefix", "TEXT", options->prefix, "Only names that begin with this")
        .option("--after", "NAME", options->after, "Only names that sort after this: the last one of the page before")
        .option("-n,--limit", options->limit, "At most N streams (default: all)")
        .json(options->json, "One JSON object a line: name, events, firstRevision, lastRevision, lastPosition")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
