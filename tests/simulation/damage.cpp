#include "simulation/damage.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/frame_scan.hpp"
#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"
#include "log/store_file.hpp"
#include "log/verify.hpp"
#include "store/rules.hpp"

namespace varve::simulation {
namespace {

using Contents = std::map<io::Path, std::string>;

/// A part of a file whose every byte means something.
struct Part {
    const char* name;
    std::uint64_t begin, end;
    bool events = false;  ///< of a frame, or what no frame can do without
    bool last_frame = false;
};

/// A file of the store that may be damaged.
struct Target {
    io::Path path;
    std::vector<Part> parts;
    std::uint64_t frames_end = 0;
};

std::optional<log::SegmentFooter> footer_in(std::string_view bytes, const log::SegmentHeader& header) {
    if (bytes.size() < log::footer_tail_bytes) return std::nullopt;
    const auto length = log::SegmentFooter::bytes_of(bytes.substr(bytes.size() - log::footer_tail_bytes));
    if (!length || *length > bytes.size()) return std::nullopt;
    return log::SegmentFooter::parse(bytes.substr(bytes.size() - *length), header.salt, bytes.size());
}

const char* name_of(std::uint32_t section) {
    switch (section) {
        case log::kept_section: return "footer: kept events";
        case log::frames_section: return "footer: frames";
        case log::dictionary_section: return "footer: dictionary";
        case log::pages_section: return "footer: pages";
        default: return "footer section";
    }
}

std::vector<Part> parts_of_segment(std::string_view bytes, bool last, std::uint64_t& frames_end) {
    std::vector<Part> parts{{"segment header", 0, log::segment_header_bytes, true}};
    const auto header = log::SegmentHeader::parse(bytes.substr(0, log::segment_header_bytes));
    if (!header) return {};
    const auto footer = footer_in(bytes, *header);
    if (header->packed()) {
        if (!footer) return {};
        frames_end = footer->sections_begin();
        parts.push_back({"pages", log::segment_header_bytes, frames_end, true});
    } else {
        log::FrameScan scan(log::FrameBytes(bytes), *header);
        for (auto more = scan.next(); more && *more; more = scan.next()) {
            for (Part& part : parts) part.last_frame = false;
            const std::uint64_t begin = scan.frame_offset();
            const std::uint64_t end = begin + scan.frame().bytes;
            parts.push_back({"frame header", begin, begin + log::frame_header_bytes, true, last});
            parts.push_back({"payload", begin + log::frame_header_bytes, end - log::frame_trailer_bytes, true, last});
            parts.push_back({"frame trailer", end - log::frame_trailer_bytes, end, true, last});
        }
        frames_end = scan.offset();
    }
    if (footer) {
        // Without its sections nothing is found in a segment that was written anew.
        for (const log::FooterSection& section : footer->sections) {
            const std::uint64_t end = section.offset + section.bytes;
            parts.push_back({name_of(section.type), section.offset, end, header->rewritten()});
        }
        const std::uint64_t directory = footer->sections.size() * log::footer_section_entry_bytes;
        const std::uint64_t tail = bytes.size() - log::footer_tail_bytes;
        parts.push_back({"footer directory", tail - directory, tail});
        parts.push_back({"footer tail", tail, bytes.size()});
    }
    std::erase_if(parts, [](const Part& part) { return part.begin >= part.end; });
    return parts;
}

std::vector<Target> targets_in(const Contents& contents) {
    std::vector<Target> targets;
    for (const auto& [path, bytes] : contents) {
        if (path.parent_path() != World::folder) continue;
        if (path.filename() == log::store_name) {
            targets.push_back({path,
                               {{"first slot", 0, log::store_slot_bytes},
                                {"second slot", log::store_slot_bytes, 2 * log::store_slot_bytes}}});
            for (Part& part : targets.back().parts) part.end = std::min<std::uint64_t>(part.end, bytes.size());
            std::erase_if(targets.back().parts, [](const Part& part) { return part.begin >= part.end; });
        } else if (log::is_segment_name(path.filename().string())) {
            const bool last = std::none_of(contents.upper_bound(path), contents.end(), [](const auto& later) {
                return later.first.parent_path() == World::folder &&
                       log::is_segment_name(later.first.filename().string());
            });
            targets.push_back({.path = path, .parts = {}});
            targets.back().parts = parts_of_segment(bytes, last, targets.back().frames_end);
        }
    }
    std::erase_if(targets, [](const Target& target) { return target.parts.empty(); });
    return targets;
}

/// What STORE says was durable.
Position checkpoint_in(const Contents& contents) {
    const auto store = contents.find(io::Path(World::folder) / log::store_name);
    std::optional<log::StoreState> newest;
    for (const std::uint64_t slot : {std::uint64_t{0}, log::store_slot_bytes}) {
        if (store == contents.end() || store->second.size() < slot + log::store_slot_bytes) continue;
        const auto state = log::StoreState::parse(std::string_view(store->second).substr(slot, log::store_slot_bytes));
        if (state && (!newest || state->generation > newest->generation)) newest = *state;
    }
    return newest ? newest->checkpoint.head.next : Position{0};
}

/// What was done, and how many events it may have taken with it without anybody being able to know.
struct Damage {
    std::string what;
    bool silent = false;  ///< of a kind that an unclean end excuses: the unwitnessed tail may be gone
    bool frames = false;  ///< bytes of a frame were changed, or of what describes them
};

Damage do_damage(World& copy, const Contents& contents, const Target& target) {
    Dice& dice = copy.dice;
    const Part& part = dice.pick(target.parts);
    const std::string& bytes = contents.at(target.path);
    const std::string name = target.path.filename().string();
    const std::uint64_t place = dice.between(part.begin, part.end - 1);
    const auto described = [&](std::string_view how) {
        return std::string(how) + " " + name + " at byte " + std::to_string(place) + " (" + part.name + ")";
    };
    const bool segment = name != log::store_name;
    switch (dice.below(20)) {
        case 0: copy.files->lose(target.path); return {.what = "removed " + name};
        case 1:
        case 2: copy.files->cut(target.path, place); return {.what = described("cut"), .silent = segment};
        case 3:
        case 4: {
            const std::uint64_t sector = place / 512 * 512;
            const std::string zeros(std::min<std::uint64_t>(512, bytes.size() - sector), '\0');
            const bool changes = bytes.compare(sector, zeros.size(), zeros) != 0;
            copy.files->replace(target.path, sector, zeros);
            return {.what = described("zeroed a sector of"), .silent = segment, .frames = changes && segment};
        }
        default:
            copy.files->flip_bit(target.path, 8 * place + dice.below(8));
            return {.what = described("flipped a bit of"), .silent = part.last_frame, .frames = part.events};
    }
}

/// The store could not be opened: rightly so, and is it as it was?
void judge_refusal(World& copy, const std::vector<Target>& targets, const Contents& before, const Error& error,
                   const Result<VerifyReport>& report) {
    require(error.code == Code::data_loss, [&] { return "the store is not called damaged but: " + error.to_string(); });
    const bool by_index = error.message.find("the index") != std::string::npos;
    require(by_index || !report.ok() || report->damaged(), "the store is refused as damaged, but verify finds nothing");
    // The log may have been repaired before the index was found to lack what cannot be read. Frames stand as they did.
    const Contents after = copy.files->contents();
    for (const Target& target : targets) {
        if (!log::is_segment_name(target.path.filename().string()) || !before.contains(target.path)) continue;
        const auto there = after.find(target.path);
        require(there != after.end(), "a damaged store lost a segment by an opening that refused it");
        const std::uint64_t end = std::min<std::uint64_t>(target.frames_end, before.at(target.path).size());
        // (An empty segment is begun anew, with another header.)
        const std::uint64_t begin = log::segment_header_bytes;
        require(end <= begin ||
                    (there->second.size() >= end &&
                     there->second.compare(begin, end - begin, before.at(target.path), begin, end - begin) == 0),
                "frames of a damaged store were changed by an opening that refused it");
    }
}

/// Reads on behind what is damaged. Answers whether anything was.
bool read_around(const Store& store, const History& history, const Source& source) {
    Selection selection{.source = source};
    bool damaged = false;
    const auto due = history.select(selection);
    const auto told = [](const Error& error) {
        require(error.code == Code::data_loss, [&] { return "damage is not told as damage: " + error.to_string(); });
    };
    std::size_t next = 0;
    while (next < due.size() && due[next]->position < store.head()) {
        selection.from = due[next]->position;
        auto cursor = store.read(selection);
        if (!cursor) {
            require(std::holds_alternative<Stream>(source),
                    [&] { return "a damaged store cannot be read at all: " + cursor.error().to_string(); });
            told(cursor.error());  // what the stream keeps is not known
            return true;
        }
        while (const Event* event = cursor->next()) {
            while (next < due.size() && due[next]->position < event->position &&
                   due[next]->presence != Presence::there) {
                ++next;
            }
            if (next == due.size()) return damaged;  // a commit whose end was unknown
            const Kept& kept = *due[next++];
            const std::string differs = difference(*event, kept);
            require(differs.empty(), [&] {
                return "damage gives wrong events: " + differs + " instead of " + std::to_string(kept.position.value);
            });
        }
        if (cursor->status().ok()) break;
        told(cursor->status().error());
        damaged = true;
        ++next;
    }
    return damaged;
}

/// Those that read as the history says: not when a commit whose end was unknown, and which is there, concerns them.
std::vector<std::string> streams_like(const Store& store, const History& history) {
    std::set<std::string> changed;
    auto cursor = store.read({.from = history.head()});
    while (const Event* event = cursor ? cursor->next() : nullptr) {
        const bool settings = store::is_settings(event->stream);
        changed.emplace(settings ? store::subject_of(event->stream) : event->stream);
        changed.emplace(event->stream);
    }
    auto streams = history.streams();
    const bool known = cursor && cursor->status();
    std::erase_if(streams, [&](const std::string& name) { return !known || changed.contains(name); });
    return streams;
}

}  // namespace

void probe_damage(const World& world, const History& history, const Rest& rest, std::uint64_t seed) {
    const auto copy = world.copy(seed);
    const Contents whole = copy->files->contents();
    const auto targets = targets_in(whole);
    if (targets.empty()) return;
    const Damage damage = do_damage(*copy, whole, copy->dice.pick(targets));
    try {
        const Contents before = copy->files->contents();
        const auto report = log::verify(*copy->files, World::folder);
        const auto store = copy->open(Durability::durable);
        if (!store) {
            judge_refusal(*copy, targets, before, store.error(), report);
            return;
        }
        const Position end = store->head();
        const bool may_cut = !rest.clean && damage.silent;
        require(end >= rest.required || may_cut, [&] {
            return "damage was cut: the store ends at " + std::to_string(end.value) + " instead of " +
                   std::to_string(rest.required.value);
        });
        require(end >= std::min(rest.required, checkpoint_in(whole)), "damage below the checkpoint was cut");
        History left = history;
        require(end >= left.head() || left.cut(end), "a commit is torn");
        bool damaged = read_around(*store, left, All{});
        for (const std::string& stream : streams_like(*store, left)) {
            damaged = read_around(*store, left, Stream{stream}) || damaged;
        }
        const bool found = report.ok() && report->damaged();
        require(found || !damaged, "verify does not find what reading finds");
        require(found || !damage.frames || end < rest.required || may_cut, "nobody found the damage");
        copy->executor->run_all();
    } catch (const Violation& violation) {
        throw Violation(std::string(violation.what()) + " [" + damage.what + "]");
    }
}

}  // namespace varve::simulation
