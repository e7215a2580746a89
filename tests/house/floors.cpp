#include "house/floors.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace house {
namespace {

struct Placed {
    std::string_view name;
    int floor;
};

constexpr int edge_floor = 6;
constexpr int model_floor = 4;

constexpr auto rooms = std::to_array<Placed>({
    {"base", 0},
    {"io", 1},
    {"log", 2},
    {"index", 2},
    {"store", 3},
    {"memory", 3},
    {"engine", 3},
    {"upkeep", 3},
    {"model", model_floor},
    {"text", 5},
    {"wire", 5},
    {"net", 5},
    {"server", edge_floor},
    {"remote", edge_floor},
    {"cluster", edge_floor},
    {"console", edge_floor},
    {"connect", edge_floor},
    {"cli", 7},
});

// The words that the log and the index speak in are on their floor; what stands on a store is above.
constexpr auto headers = std::to_array<Placed>({
    {"varve/export.hpp", 0},
    {"varve/version.hpp", 0},
    {"varve/result.hpp", 0},
    {"varve/types.hpp", 0},
    {"varve/limits.hpp", 0},
    {"varve/event.hpp", 0},
    {"varve/commit.hpp", 0},
    {"varve/retention.hpp", 0},
    {"varve/selection.hpp", 0},
    {"varve/names.hpp", 0},
    {"varve/detail/moment.hpp", 0},
    {"varve/detail/apart.hpp", 0},
    {"varve/detail/tied.hpp", 0},
    {"varve/detail/shape.hpp", 0},
    {"varve/detail/spelling.hpp", 0},
    {"varve/reflect.hpp", 0},
    {"varve/json.hpp", 0},
    {"varve/json_value.hpp", 0},
    {"varve/detail/json_form.hpp", 0},
    {"varve/detail/json_read.hpp", 0},
    {"varve/detail/json_trouble.hpp", 0},
    {"varve/detail/json_write.hpp", 0},
    {"varve/detail/described.hpp", 0},
    {"varve/detail/refused_type.hpp", 0},
    {"varve/detail/stored_type.hpp", 0},
    {"varve/detail/value_out.hpp", 0},
    {"varve/codec.hpp", 0},
    {"varve/cbor.hpp", 0},
    {"varve/personal.hpp", 0},
    {"varve/detail/seal.hpp", 0},
    {"varve/detail/holds_personal.hpp", 0},
    {"varve/detail/subject.hpp", 0},
    {"varve/clock.hpp", 0},
    {"varve/testing_clock.hpp", 0},
    {"varve/engine.hpp", 2},
    {"varve/operations.hpp", 2},
    {"varve/compact.hpp", 2},
    {"varve/backup.hpp", 2},
    {"varve/inspect.hpp", 2},
    {"varve/store.hpp", 3},
    {"varve/remote.hpp", 6},
});

struct Include {
    std::size_t line;
    std::string_view name;
    bool quoted;
};

std::vector<Include> includes_of(std::string_view text) {
    std::vector<Include> includes;
    std::size_t number = 0;
    for (std::string_view line : lines_of(text)) {
        ++number;
        if (!line.starts_with("#include ")) continue;
        line.remove_prefix(9);
        const bool quoted = line.starts_with('"');
        const auto end = line.find(quoted ? '"' : '>', 1);
        if (end != std::string_view::npos) includes.push_back({number, line.substr(1, end - 1), quoted});
    }
    return includes;
}

bool is_public(std::string_view include) {
    return include.starts_with("varve/");
}

std::string_view first_folder(std::string_view path) {
    return path.substr(0, path.find('/'));
}

void check_room(const File& file, std::string_view room, const Include& include, Findings& findings) {
    const auto mine = floor_of_room(room);
    if (!mine) return;
    const std::string_view other = first_folder(include.name);
    const auto theirs = is_public(include.name) ? floor_of_header(include.name) : floor_of_room(other);
    if (!theirs) return;
    const std::string what = "room '" + std::string(room) + "' (floor " + std::to_string(*mine) + ") includes \"" +
                             std::string(include.name) + "\"";
    if (*theirs > *mine) {
        findings.push_back({file.path, include.line, what + " of floor " + std::to_string(*theirs),
                            "move what is needed down, or pass it in from above"});
    } else if (*mine == edge_floor && *theirs == edge_floor && other != room && !is_public(include.name)) {
        findings.push_back({file.path, include.line, what + ", another edge", "share it through floor 5 or below"});
    }
}

void check_promise(const File& file, const Include& include, Findings& findings) {
    if (!include.quoted) {
        // Standard headers have neither a folder nor an ending.
        if (include.name.find_first_of("/.") != std::string_view::npos) {
            findings.push_back({file.path, include.line, "a public header includes <" + std::string(include.name) + ">",
                                "only the standard library may show; hide it in a .cpp file"});
        }
        return;
    }
    if (!is_public(include.name)) {
        findings.push_back({file.path, include.line,
                            "a public header includes \"" + std::string(include.name) + "\" of src/",
                            "include/ is the whole promise: declare what is needed there"});
        return;
    }
    const int mine = floor_of_header(file.path.substr(std::string_view("include/").size()));
    if (floor_of_header(include.name) > mine) {
        findings.push_back({file.path, include.line, "includes \"" + std::string(include.name) + "\" of a higher floor",
                            "move what is needed down, or name the header's floor in tests/house/floors.cpp"});
    }
}

}  // namespace

std::optional<int> floor_of_room(std::string_view room) {
    const auto found = std::ranges::find(rooms, room, &Placed::name);
    return found == rooms.end() ? std::nullopt : std::optional(found->floor);
}

int floor_of_header(std::string_view include) {
    const auto found = std::ranges::find(headers, include, &Placed::name);
    return found == headers.end() ? model_floor : found->floor;
}

Findings check_floors(const File& file) {
    Findings findings;
    if (!is_cpp(file.path)) return findings;
    const std::string_view room = room_of(file.path);
    if (!room.empty() && !floor_of_room(room)) {
        findings.push_back({file.path, 0, "room '" + std::string(room) + "' has no floor",
                            "give it one in tests/house/floors.cpp and in docs/concepts.md"});
    }
    for (const Include& include : includes_of(file.text)) {
        if (!room.empty() && include.quoted) check_room(file, room, include, findings);
        if (file.path.starts_with("include/")) check_promise(file, include, findings);
        if (file.path.starts_with("examples/") && include.quoted && floor_of_room(first_folder(include.name))) {
            findings.push_back({file.path, include.line, "an example includes \"" + std::string(include.name) + "\"",
                                "examples use what applications can use: include/varve only"});
        }
    }
    return findings;
}

Findings check_includes_resolve(const File& file, const Tree& tree) {
    Findings findings;
    if (!is_cpp(file.path)) return findings;
    for (const Include& include : includes_of(file.text)) {
        if (!include.quoted) continue;
        const std::string name(include.name);
        const auto roots = {"src/", "include/", "tests/", "bench/", "examples/", "fuzz/"};
        const bool found = name.find('/') != std::string::npos && !name.starts_with('.') &&
                           std::ranges::any_of(roots, [&](const char* root) { return tree.has(root + name); });
        if (!found) {
            findings.push_back({file.path, include.line, "\"" + name + "\" is no path from a source root",
                                "write it like \"log/segment.hpp\"; use <> for what is not ours"});
        }
    }
    return findings;
}

Findings check_heavy_headers(const File& file) {
    static constexpr auto heavy = {"CLI/", "simdjson", "rocksdb/", "fmt/", "sqlite3",  "sodium",  "boost/",
                                   "asio", "spdlog/",  "google/",  "toml", "nghttp2/", "openssl/"};
    Findings findings;
    if (!is_header(file.path)) return findings;
    for (const Include& include : includes_of(file.text)) {
        if (include.quoted) continue;
        if (std::ranges::any_of(heavy, [&](const char* start) { return include.name.starts_with(start); })) {
            findings.push_back({file.path, include.line, "a header includes <" + std::string(include.name) + ">",
                                "include it in the .cpp file, behind a declaration of ours"});
        }
    }
    return findings;
}

}  // namespace house
