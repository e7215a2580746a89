#include "engine/group.hpp"

#include <algorithm>
#include <unordered_map>

namespace varve::engine {
namespace {

/// More streams than this in one commit are found by hashing instead of looking at each.
constexpr std::size_t few_parts = 8;

std::vector<Request::Settings> settings_in(const Commit& commit) {
    std::vector<Request::Settings> settings;
    std::unordered_map<std::string_view, std::uint32_t> later;  // events of each stream, from the end
    for (auto i = static_cast<std::uint32_t>(commit.events.size()); i-- > 0;) {
        const NewEvent& event = commit.events[i];
        if (later[event.stream]++ > 0 || !store::is_settings(event.stream)) continue;
        const std::string_view subject = store::subject_of(event.stream);
        settings.push_back({.subject = subject,
                            .event = i,
                            .later = later[subject],
                            .rules = store::rules_of(event.type, event.data)});
    }
    return settings;
}

}  // namespace

Request::Request(Commit given)
    : commit(std::move(given)), encoded(log::encode(commit)), terms(commit.events), queries(query_checks(commit)) {
    if (commit.events.size() == 1) {
        parts.push_back({.stream = commit.events.front().stream, .events = 1});
    } else {
        count_parts();
    }
    if (std::ranges::any_of(parts, store::is_settings, &Part::stream)) settings = settings_in(commit);
    receipt.streams.reserve(parts.size());
    for (const Part& part : parts) receipt.streams.push_back({.stream = std::string(part.stream), .last = {}});
}

void Request::count_parts() {
    std::unordered_map<std::string_view, std::uint32_t> known;
    part_of.reserve(commit.events.size());
    std::uint32_t last = 0;
    for (const NewEvent& event : commit.events) {
        std::uint32_t part = last;
        if (part >= parts.size() || parts[part].stream != event.stream) {
            part = 0;
            if (parts.size() <= few_parts) {
                while (part < parts.size() && parts[part].stream != event.stream) ++part;
            } else {
                if (known.empty()) {
                    for (std::uint32_t i = 0; i < parts.size(); ++i) known.emplace(parts[i].stream, i);
                }
                const auto found = known.find(event.stream);
                part = found == known.end() ? static_cast<std::uint32_t>(parts.size()) : found->second;
            }
            if (part == parts.size()) {
                parts.push_back({.stream = event.stream, .events = 0});
                if (!known.empty()) known.emplace(event.stream, part);
            }
        }
        ++parts[part].events;
        part_of.push_back(part);
        last = part;
    }
    if (parts.size() == 1) part_of.clear();
}

Receipt finished(Receipt receipt, const Original& original, const Group& group, Durability durability) {
    const Group& placed_by = original.group != nullptr ? *original.group : group;
    receipt.time = original.time.value_or(placed_by.time);
    receipt.durability = durability;
    return receipt;
}

}  // namespace varve::engine
