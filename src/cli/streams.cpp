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
    "One line a stream, in byte order of their names: name, number of events, position of the last one. It looks\n"
    "beside a running writer, takes no lock and changes nothing.";

constexpr const char* examples =
    "  varve streams ./bank                                  all of them\n"
    "  varve streams ./bank --prefix account- --limit 20     the first twenty accounts\n"
    "  varve streams ./bank --after account-a20 --limit 20   the next page\n"
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

void print_json(const std::vector<StreamInfo>& streams, Screen& screen) {
    std::string text;
    for (const StreamInfo& stream : streams) {
        text += "{\"name\":";
        append_json_string(text, stream.name);
        text += ",\"events\":" + std::to_string(stream.last.value + 1);
        text += ",\"lastRevision\":" + std::to_string(stream.last.value);
        text += ",\"lastPosition\":" + std::to_string(stream.last_position.value) + "}\n";
    }
    screen.out << text;
}

/// A page at a time: widths may grow from one page to the next, memory does not.
void print_table(const std::vector<StreamInfo>& streams, bool heading, Screen& screen) {
    std::size_t name_width = 6, events_width = 6;
    for (const StreamInfo& stream : streams) {
        name_width = std::max(name_width, columns(one_line(stream.name)));
        events_width = std::max(events_width, with_commas(stream.last.value + 1).size());
    }
    const auto row = [&](std::string_view name, std::string_view events, std::string_view last) {
        return padded(name, name_width) + "  " + right_aligned(events, events_width) + "  " + right_aligned(last, 13);
    };
    if (heading) screen.out << paint(screen, Colour::dim, row("stream", "events", "last position")) << "\n";
    for (const StreamInfo& stream : streams) {
        screen.out << row(one_line(stream.name), with_commas(stream.last.value + 1),
                          std::to_string(stream.last_position.value))
                   << "\n";
    }
}

Result<Exit> run(const Options& options, Screen& screen) {
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    std::string after = options.after.value_or("");
    std::uint64_t left = options.limit.value_or(no_limit);
    bool heading = true;
    while (left > 0 && !screen.out.closed()) {
        const auto wanted = static_cast<std::size_t>(std::min(left, page));
        const auto streams = store->streams(options.prefix.value_or(""), after, wanted);
        if (!streams) return streams.error();
        if (streams->empty()) break;
        if (options.json) {
            print_json(*streams, screen);
        } else {
            print_table(*streams, heading, screen);
        }
        heading = false;
        left -= streams->size();
        after = streams->back().name;
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
        .json(options->json, "One JSON object a line: name, events, lastRevision, lastPosition")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
