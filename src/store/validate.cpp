#include "store/validate.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/names.hpp"
#include "store/rules.hpp"
#include "varve/limits.hpp"

namespace varve::store {
namespace {

/// Room an event takes in a commit beside its own bytes: 52 fixed, one length, up to 7 of padding (docs/internals/format.md),
/// rounded up so that no engine has to look again.
constexpr std::size_t stored_overhead_bytes = 64;

Error invalid(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

std::string over(const char* what, std::size_t actual, std::size_t limit, const char* unit) {
    return std::string(what) + " " + std::to_string(actual) + " " + unit + "; the limit is " + std::to_string(limit);
}

/// What is wrong with the event, as the end of a sentence; empty when nothing is.
std::string fault_of(const NewEvent& event) {
    if (auto fault = name_fault(event.stream, limits::stream_name_bytes); !fault.empty())
        return "its stream name " + fault;
    if (auto fault = name_fault(event.type, limits::type_name_bytes); !fault.empty()) return "its type " + fault;
    if (auto fault = name_fault(event.content_type, limits::content_type_bytes); !fault.empty()) {
        return "its content type " + fault;
    }
    if (event.tags.size() > limits::tags_per_event)
        return over("it has", event.tags.size(), limits::tags_per_event, "tags");
    for (auto tag = event.tags.begin(); tag != event.tags.end(); ++tag) {
        const auto number = std::to_string(tag - event.tags.begin() + 1);
        if (auto fault = name_fault(*tag, limits::tag_bytes); !fault.empty()) return "its tag " + number + " " + fault;
        if (std::find(event.tags.begin(), tag, *tag) != tag)
            return "its tag " + number + ", " + in_quotes(*tag) + ", is a repeat";
    }
    if (event.metadata.size() > limits::metadata_bytes) {
        return over("its metadata has", event.metadata.size(), limits::metadata_bytes, "bytes");
    }
    if (const std::size_t bytes = event_bytes(event); bytes > limits::event_bytes) {
        return over("data, metadata, names and tags have", bytes, limits::event_bytes, "bytes together");
    }
    return is_settings(event.stream) ? settings_fault(event) : std::string();
}

std::size_t terms_of(const Query& query) {
    std::size_t terms = 0;
    for (const Query::Item& item : query.items) terms += item.types.size() + item.tags.size();
    return terms;
}

std::string fault_of_names(const std::vector<std::string>& names, const char* what, std::size_t bytes_max) {
    for (std::size_t n = 0; n < names.size(); ++n) {
        auto fault = name_fault(names[n], bytes_max);
        if (!fault.empty()) return what + std::to_string(n + 1) + " " + fault;
    }
    return {};
}

/// What is wrong with the query, as the end of a sentence; empty when nothing is.
std::string fault_of(const Query& query) {
    if (query.items.empty()) return "has no item: give it at least one; all events are the selection All";
    if (query.items.size() > limits::query_items) return over("has", query.items.size(), limits::query_items, "items");
    if (const std::size_t terms = terms_of(query); terms > limits::query_terms) {
        return over("has", terms, limits::query_terms, "types and tags together");
    }
    for (std::size_t n = 0; n < query.items.size(); ++n) {
        const Query::Item& item = query.items[n];
        const std::string place = "is wrong in item " + std::to_string(n + 1);
        if (item.types.empty() && item.tags.empty()) return place + ": it asks for no type and no tag";
        auto fault = fault_of_names(item.types, ": its type ", limits::type_name_bytes);
        if (fault.empty()) fault = fault_of_names(item.tags, ": its tag ", limits::tag_bytes);
        if (!fault.empty()) return place + fault;
    }
    return {};
}

std::string place_of(std::size_t index, const Commit& commit) {
    std::string place = "event " + std::to_string(index + 1) + " of " + std::to_string(commit.events.size());
    if (const NewEvent& event = commit.events[index]; !event.type.empty()) place += " (" + in_quotes(event.type) + ")";
    return place;
}

/// Refuses events behind the tombstone that the commit itself gives their stream.
Result<> admit_tombstones(const Commit& commit) {
    if (std::ranges::none_of(commit.events, is_settings, &NewEvent::stream)) return {};
    std::unordered_set<std::string_view> ended;
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        const NewEvent& event = commit.events[i];
        const bool settings = is_settings(event.stream);
        const std::string_view stream = settings ? subject_of(event.stream) : std::string_view(event.stream);
        if (!ended.empty() && ended.contains(stream)) {
            return invalid(place_of(i, commit) + ": an event before it gives stream " + in_quotes(stream) +
                           " a tombstone, and nothing can follow that");
        }
        if (settings && event.type == tombstone_type) ended.insert(stream);
    }
    return {};
}

Result<> admit_conditions(const Commit& commit) {
    if (commit.conditions.size() > limits::conditions_per_commit) {
        return invalid(over("the commit has", commit.conditions.size(), limits::conditions_per_commit, "conditions"));
    }
    std::size_t terms = 0;
    for (std::size_t i = 0; i < commit.conditions.size(); ++i) {
        const auto refused = [i](const std::string& fault) {
            return invalid("condition " + std::to_string(i + 1) + ": " + fault);
        };
        if (const auto* stream = std::get_if<StreamIs>(&commit.conditions[i])) {
            auto fault = name_fault(stream->stream, limits::stream_name_bytes);
            if (!fault.empty()) return refused("its stream name " + fault);
        } else {
            const Query& query = std::get<NoEventMatches>(commit.conditions[i]).query;
            if (auto fault = fault_of(query); !fault.empty()) return refused("its query " + fault);
            terms += terms_of(query);
        }
    }
    if (terms > limits::query_terms_per_commit) {
        return invalid(over("the commit's query conditions have", terms, limits::query_terms_per_commit,
                            "types and tags together"));
    }
    return {};
}

Result<> admit_command_id(const Commit& commit) {
    if (commit.command_id.empty()) return {};
    auto fault = name_fault(commit.command_id, limits::command_id_bytes);
    return fault.empty() ? Result<>() : invalid("the command id " + fault);
}

/// Refuses an id given twice. Drawn ones need no look: 122 random bits. A commit of drawn ones alone repeats nothing.
Result<> admit_ids(Commit& commit) {
    const auto nil = [](const NewEvent& event) { return event.id.is_nil(); };
    if (std::ranges::all_of(commit.events, nil)) commit.repeats = Repeats::unchecked;
    std::vector<std::pair<EventId, std::size_t>> given;
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        if (commit.events[i].id.is_nil()) {
            commit.events[i].id = EventId::random();
        } else if (commit.events.size() > 1) {
            given.emplace_back(commit.events[i].id, i);
        }
    }
    std::sort(given.begin(), given.end());
    const auto twin =
        std::adjacent_find(given.begin(), given.end(), [](auto& a, auto& b) { return a.first == b.first; });
    if (twin == given.end()) return {};
    return invalid(place_of(std::next(twin)->second, commit) + " has the id " + twin->first.to_string() + " of event " +
                   std::to_string(twin->second + 1) + ": every event needs an id of its own");
}

Result<> admit_source(const Source& source) {
    if (const auto* stream = std::get_if<Stream>(&source)) {
        if (auto fault = name_fault(stream->name, limits::stream_name_bytes); !fault.empty()) {
            return invalid("the stream name " + fault);
        }
    }
    if (const auto* query = std::get_if<Query>(&source)) {
        if (auto fault = fault_of(*query); !fault.empty()) return invalid("the selection's query " + fault);
    }
    // A stream whose name begins with '-' has the empty category.
    if (const auto* category = std::get_if<Category>(&source); category != nullptr && !category->name.empty()) {
        if (auto fault = name_fault(category->name, limits::stream_name_bytes); !fault.empty()) {
            return invalid("the selection's category " + fault);
        }
        if (category->name.find('-') != std::string::npos) {
            return invalid("the selection's category " + in_quotes(category->name) +
                           " contains a '-': a category is the part of a stream's name before the first one");
        }
    }
    return {};
}

}  // namespace

std::size_t event_bytes(const NewEvent& event) {
    std::size_t bytes =
        event.stream.size() + event.type.size() + event.content_type.size() + event.data.size() + event.metadata.size();
    for (const std::string& tag : event.tags) bytes += 1 + tag.size();
    return bytes;
}

Result<> admit(Commit& commit) {
    if (commit.events.empty()) return invalid("the commit has no event: give it at least one");
    if (commit.events.size() > limits::events_per_commit) {
        return invalid(over("the commit has", commit.events.size(), limits::events_per_commit, "events"));
    }
    std::size_t bytes = commit.command_id.empty() ? 0 : stored_overhead_bytes + commit.command_id.size();
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        if (std::string fault = fault_of(commit.events[i]); !fault.empty())
            return invalid(place_of(i, commit) + ": " + fault);
        bytes += stored_overhead_bytes + event_bytes(commit.events[i]);
    }
    if (bytes > limits::commit_bytes) {
        return invalid(over("the commit has", bytes, limits::commit_bytes, "bytes as stored") +
                       ": split it into smaller commits");
    }
    if (auto fine = admit_tombstones(commit); !fine) return fine;
    if (auto fine = admit_conditions(commit); !fine) return fine;
    if (auto fine = admit_command_id(commit); !fine) return fine;
    return admit_ids(commit);
}

Result<> admit(const Selection& selection) {
    if (auto fine = admit_source(selection.source); !fine) return fine;
    const bool by_revision = selection.from_revision || selection.until_revision;
    if (by_revision && !std::holds_alternative<Stream>(selection.source)) {
        return invalid(
            "the selection has a revision bound but is not of one stream: use `from` and `until` (positions)");
    }
    return {};
}

Result<> admit_subscription(const Selection& selection) {
    if (auto fine = admit(selection); !fine) return fine;
    if (selection.direction != Direction::forward)
        return invalid("a subscription only goes forward: read backward instead");
    if (selection.until || selection.until_revision || selection.as_of || selection.limit != no_limit) {
        return invalid(
            "a subscription has no end: leave `until`, `until_revision`, `as_of` and `limit` out, or read instead");
    }
    return {};
}

}  // namespace varve::store

namespace varve {

Result<> check(const NewEvent& event) {
    if (std::string fault = store::fault_of(event); !fault.empty())
        return store::invalid("this event cannot be stored: " + fault);
    return {};
}

}  // namespace varve
