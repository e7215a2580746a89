#include <algorithm>
#include <memory>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Say what a store is and how much it holds\n\n"
    "Number of events and commits, the time they span, size, format, how far the index has come. It looks beside a\n"
    "running writer, takes no lock and changes nothing.";

constexpr const char* examples =
    "  varve info ./bank\n"
    "  varve info ./bank --json | jq .events    for scripts\n";

constexpr const char* exit_codes =
    "  0  it was told\n"
    "  1  the store could not be opened (no store, damaged, a newer format, no permission), or standard output not\n"
    "     be written\n"
    "  2  wrong use";

struct Options {
    std::string store;
    bool json = false;
};

/// `settings`: some stream has any.
std::string as_json(const StoreInfo& info, bool settings) {
    const auto text_member = [](std::string_view key, std::string_view value) {
        std::string member = "\"" + std::string(key) + "\":";
        append_json_string(member, value);
        return member;
    };
    const auto number_member = [](std::string_view key, std::uint64_t value) {
        return ",\"" + std::string(key) + "\":" + std::to_string(value);
    };
    const auto time_member = [](std::string_view key, const std::optional<Timestamp>& value) {
        return ",\"" + std::string(key) + "\":" + (value ? "\"" + to_string(*value) + "\"" : "null");
    };
    return "{" + text_member("engine", info.engine) + "," + text_member("location", info.location) + "," +
           text_member("id", info.id) + number_member("format", info.format) + number_member("events", info.events) +
           number_member("commits", info.commits) + time_member("firstTime", info.first_time) +
           time_member("lastTime", info.last_time) + number_member("segments", info.segments) +
           number_member("compressedSegments", info.compressed_segments) + number_member("logBytes", info.log_bytes) +
           number_member("indexed", info.indexed) + "," + text_member("durability", to_string(info.durability)) + "," +
           text_member("digest", info.digest) + (settings ? ",\"settings\":true}\n" : ",\"settings\":false}\n");
}

void print(const StoreInfo& info, bool settings, Screen& screen) {
    const auto field = [&screen](std::string_view name, std::string_view value) {
        screen.out << paint(screen, Colour::dim, padded(name, 12)) << value << "\n";
    };
    const std::string format = info.format > 0 ? " (format " + std::to_string(info.format) + ")" : "";
    field("store", one_line(info.location.empty() ? info.engine : info.location));
    field("engine", info.engine + format);
    field("id", info.id);
    field("events", with_commas(info.events) + " in " + counted(info.commits, "commit"));
    if (info.first_time) field("first", to_string(*info.first_time));
    if (info.last_time) field("last", to_string(*info.last_time));
    field("log", log_text(info.log_bytes, info.segments, info.compressed_segments));
    const std::uint64_t behind = info.events - std::min(info.events, info.indexed);
    if (!info.digest.empty()) field("digest", info.digest);
    field("index", behind == 0 ? "up to date" : counted(behind, "event") + " behind");
    if (settings) field("settings", "of some streams: see 'varve streams STORE --prefix $$' and 'varve keep'");
}

Result<Exit> run(const Options& options, Screen& screen) {
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    const Result<StoreInfo> info = store->info();
    if (!info) return info.error();
    const auto settings = store->streams("$$", {}, 1);
    if (!settings) return settings.error();
    if (options.json) {
        screen.out << as_json(*info, !settings->empty());
    } else {
        print(*info, !settings->empty(), screen);
    }
    return Exit::ok;
}

}  // namespace

void add_info(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("info", purpose)
        .argument("STORE", options->store, store_help)
        .json(options->json, "One JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
