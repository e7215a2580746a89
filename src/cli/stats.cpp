#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/commands.hpp"
#include "cli/long_work.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/inspect.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Count what a store holds\n\n"
    "Events, commits and streams; categories, types and tags with their events and bytes; sizes; how much came when;\n"
    "segments, and what the folder's bytes are for. It reads every event once, beside a running writer, and changes\n"
    "nothing. ('varve info' answers the most important of it at once.)";

constexpr const char* examples =
    "  varve stats ./bank\n"
    "  varve stats ./bank --names 100 --segments\n"
    "  varve stats ./bank --json | jq '.types[] | {name, events}'\n";

constexpr const char* exit_codes =
    "  0  everything was counted\n"
    "  1  the store could not be opened or read\n"
    "  2  wrong use";

constexpr std::size_t rate_columns = 30;

struct Options {
    std::string store;
    std::optional<std::uint64_t> names;
    bool segments = false;
    bool no_progress = false;
    bool json = false;
};

std::string as_json(const NameCount& count, bool named) {
    std::string text = "{";
    if (named) {
        text += "\"name\":";
        append_json_string(text, count.name);
        text += ",";
    }
    return text + "\"events\":" + std::to_string(count.events) + ",\"bytes\":" + std::to_string(count.bytes) + "}";
}

std::string names_json(std::string_view key, const std::vector<NameCount>& counts, const NameCount& other) {
    const std::string capital = std::string(1, static_cast<char>(key[0] - 'a' + 'A')) + std::string(key.substr(1));
    std::string text = ",\"" + std::string(key) + "\":[";
    for (const NameCount& count : counts) {
        if (text.back() != '[') text += ',';
        text += as_json(count, true);
    }
    return text + "],\"other" + capital + "\":" + as_json(other, false);
}

std::string as_json(const StoreStats& stats) {
    const auto number = [](std::string_view key, std::uint64_t value) {
        return ",\"" + std::string(key) + "\":" + std::to_string(value);
    };
    const auto time = [](std::string_view key, const std::optional<Timestamp>& value) {
        return ",\"" + std::string(key) + "\":" + (value ? "\"" + to_string(*value) + "\"" : "null");
    };
    std::string text =
        "{\"events\":" + std::to_string(stats.events) + number("removed", stats.removed) +
        number("commits", stats.commits) + number("streams", stats.streams) + number("dataBytes", stats.data_bytes) +
        number("metadataBytes", stats.metadata_bytes) + time("firstTime", stats.first_time) +
        time("lastTime", stats.last_time) + number("size50", stats.size_50) + number("size99", stats.size_99) +
        number("sizeMax", stats.size_max) + number("logBytes", stats.log_bytes) +
        number("indexBytes", stats.index_bytes) + number("aheadBytes", stats.ahead_bytes) +
        number("deadBytes", stats.dead_bytes) + names_json("categories", stats.categories, stats.other_categories) +
        names_json("types", stats.types, stats.other_types) + names_json("tags", stats.tags, stats.other_tags) +
        ",\"spans\":[";
    for (const StoreStats::Span& span : stats.spans) {
        if (text.back() != '[') text += ',';
        text += "{\"from\":\"" + to_string(span.from) + "\",\"events\":" + std::to_string(span.events) +
                ",\"bytes\":" + std::to_string(span.bytes) + "}";
    }
    text += "],\"segments\":[";
    for (const StoreStats::Segment& segment : stats.segments) {
        if (text.back() != '[') text += ',';
        text += "{\"file\":";
        append_json_string(text, segment.file);
        text += number("first", segment.first.value) + number("next", segment.next.value) +
                number("bytes", segment.bytes) + ",\"sealed\":" + (segment.sealed ? "true" : "false") +
                ",\"compressed\":" + (segment.compressed ? "true" : "false") + "}";
    }
    return text + "]}\n";
}

void print_names(std::string_view heading, const std::vector<NameCount>& counts, const NameCount& other,
                 Screen& screen) {
    if (counts.empty()) return;
    std::vector<NameCount> rows = counts;
    if (other.events > 0) {
        rows.push_back(other);
        rows.back().name = "(all others)";
    }
    std::size_t width = heading.size();
    for (const NameCount& row : rows) width = std::max(width, columns(one_line(row.name)));
    screen.out << "\n"
               << paint(screen, Colour::dim,
                        padded(heading, width) + right_aligned("events", 14) + right_aligned("bytes", 12))
               << "\n";
    for (const NameCount& row : rows) {
        screen.out << padded(one_line(row.name), width) << right_aligned(with_commas(row.events), 14)
                   << right_aligned(bytes_text(row.bytes), 12) << "\n";
    }
}

void print_spans(const StoreStats& stats, Screen& screen) {
    std::uint64_t most = 1;
    for (const StoreStats::Span& span : stats.spans) most = std::max(most, span.events);
    // Of a moment there is no course.
    if (stats.spans.size() < 2 || *stats.last_time - *stats.first_time < std::chrono::minutes(1)) return;
    screen.out << "\n" << paint(screen, Colour::dim, padded("from", 27) + right_aligned("events", 14)) << "\n";
    for (const StoreStats::Span& span : stats.spans) {
        const std::size_t bar = span.events * rate_columns / most;
        screen.out << to_string(span.from) << right_aligned(with_commas(span.events), 14);
        if (bar > 0) screen.out << "  " << std::string(bar, '#');
        screen.out << "\n";
    }
}

void print_segments(const StoreStats& stats, Screen& screen) {
    screen.out << "\n"
               << paint(screen, Colour::dim,
                        padded("segment", 30) + right_aligned("first", 14) + right_aligned("events", 14) +
                            right_aligned("bytes", 12))
               << "\n";
    for (const StoreStats::Segment& segment : stats.segments) {
        screen.out << padded(one_line(segment.file), 30) << right_aligned(std::to_string(segment.first.value), 14)
                   << right_aligned(with_commas(segment.next - segment.first), 14)
                   << right_aligned(bytes_text(segment.bytes), 12)
                   << (segment.compressed ? "  compressed"
                       : segment.sealed   ? ""
                                          : "  open")
                   << "\n";
    }
}

void print(const StoreStats& stats, bool segments, Screen& screen) {
    const auto field = [&screen](std::string_view name, std::string_view value) {
        screen.out << paint(screen, Colour::dim, padded(name, 12)) << value << "\n";
    };
    field("events", with_commas(stats.events) + " in " + counted(stats.commits, "commit") + " and " +
                        counted(stats.streams, "stream"));
    if (stats.removed > 0) field("removed", counted(stats.removed, "event") + " by compactions");
    field("data", bytes_text(stats.data_bytes) + ", and " + bytes_text(stats.metadata_bytes) + " of metadata");
    field("an event", "half have at most " + bytes_text(stats.size_50) + ", 99 of 100 at most " +
                          bytes_text(stats.size_99) + ", the largest " + bytes_text(stats.size_max));
    if (stats.first_time) field("time", to_string(*stats.first_time) + " to " + to_string(*stats.last_time));
    const auto compressed = std::ranges::count_if(stats.segments, &StoreStats::Segment::compressed);
    field("log", log_text(stats.log_bytes, stats.segments.size(), static_cast<std::uint64_t>(compressed)));
    field("index", bytes_text(stats.index_bytes));
    field("ahead", bytes_text(stats.ahead_bytes) + " prepared for what comes next");
    field("dead", bytes_text(stats.dead_bytes));
    print_names("category", stats.categories, stats.other_categories, screen);
    print_names("type", stats.types, stats.other_types, screen);
    print_names("tag", stats.tags, stats.other_tags, screen);
    print_spans(stats, screen);
    if (segments) print_segments(stats, screen);
}

Result<Exit> run(const Options& options, Screen& screen) {
    StatsOptions wanted;
    wanted.names = options.names.value_or(wanted.names);
    const Result<StoreStats> counted = [&] {
        LongWork work(screen, options.no_progress, Unit::events);
        wanted.watch = work.watch();
        return stats(options.store, wanted);
    }();
    if (!counted) return counted.error();
    if (options.json) {
        screen.out << as_json(*counted);
    } else {
        print(*counted, options.segments, screen);
    }
    return Exit::ok;
}

}  // namespace

void add_stats(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("stats", purpose)
        .argument("STORE", options->store, folder_help)
        .option("-n,--names", options->names, "Tell apart the N most frequent categories, types and tags (20)")
        .flag("--segments", options->segments, "Also list the segments")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "One JSON object, segments included")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
