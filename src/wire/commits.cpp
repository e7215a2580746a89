#include "wire/commits.hpp"

#include <algorithm>
#include <utility>

namespace varve::wire {

namespace {

Error bad(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

Result<Condition> condition_of(const v1::Condition& in) {
    if (in.has_stream_is()) return Condition(StreamIs{in.stream_is().stream(), expected_of(in.stream_is().expected())});
    if (!in.has_no_event_matches()) return bad("a condition says neither stream_is nor no_event_matches");
    NoEventMatches made{query_of(in.no_event_matches().query()), {}};
    if (in.no_event_matches().has_after()) made.after = Position{in.no_event_matches().after()};
    return Condition(std::move(made));
}

}  // namespace

std::int64_t micros_of(Timestamp time) {
    return time.time_since_epoch().count();
}
Timestamp time_of(std::int64_t micros) {
    return Timestamp(std::chrono::microseconds(micros));
}

void put(const Expected& expected, v1::Expected& out) {
    out.set_kind(static_cast<v1::Expected::Kind>(expected.kind()));
    if (expected.kind() == Expected::Kind::exact) out.set_revision(expected.revision().value);
}

Expected expected_of(const v1::Expected& in) {
    switch (in.kind()) {
        case v1::Expected::NONE: return Expected::none();
        case v1::Expected::EXISTS: return Expected::exists();
        case v1::Expected::EXACT: return Expected::exact(Revision{in.revision()});
        default: return Expected::any();
    }
}

void put(const Query& query, v1::Query& out) {
    for (const Query::Item& item : query.items) {
        auto& added = *out.add_items();
        for (const std::string& type : item.types) added.add_types(type);
        for (const std::string& tag : item.tags) added.add_tags(tag);
    }
}

Query query_of(const v1::Query& in) {
    Query made;
    for (const auto& item : in.items()) {
        made.items.push_back(
            {.types = {item.types().begin(), item.types().end()}, .tags = {item.tags().begin(), item.tags().end()}});
    }
    return made;
}

Result<EventId> id_of(const std::string& bytes) {
    EventId id;
    if (bytes.empty()) return id;
    if (bytes.size() != id.bytes.size())
        return bad("an event's id has " + std::to_string(bytes.size()) + " bytes, not 16");
    std::ranges::transform(bytes, id.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return id;
}

std::string bytes_of(const EventId& id) {
    return {id.bytes.begin(), id.bytes.end()};
}

void put(const Commit& commit, v1::AppendRequest& out) {
    for (const NewEvent& event : commit.events) {
        auto& added = *out.add_events();
        added.set_stream(event.stream);
        added.set_type(event.type);
        added.set_data(event.data);
        added.set_metadata(event.metadata);
        for (const std::string& tag : event.tags) added.add_tags(tag);
        if (event.content_type != json_content) added.set_content_type(event.content_type);
        if (!event.id.is_nil()) added.set_id(bytes_of(event.id));
    }
    for (const Condition& condition : commit.conditions) {
        auto& added = *out.add_conditions();
        if (const auto* stream = std::get_if<StreamIs>(&condition)) {
            added.mutable_stream_is()->set_stream(stream->stream);
            put(stream->expected, *added.mutable_stream_is()->mutable_expected());
        } else {
            const auto& none = std::get<NoEventMatches>(condition);
            put(none.query, *added.mutable_no_event_matches()->mutable_query());
            if (none.after) added.mutable_no_event_matches()->set_after(none.after->value);
        }
    }
    out.set_command_id(commit.command_id);
    out.set_repeats_unchecked(commit.repeats == Repeats::unchecked);
}

Result<Commit> commit_of(v1::AppendRequest&& in) {
    Commit commit;
    commit.events.reserve(static_cast<std::size_t>(in.events_size()));
    for (auto& event : *in.mutable_events()) {
        const auto id = id_of(event.id());
        if (!id.ok()) return id.error();
        commit.events.push_back(
            {.stream = std::move(*event.mutable_stream()),
             .type = std::move(*event.mutable_type()),
             .data = std::move(*event.mutable_data()),
             .metadata = std::move(*event.mutable_metadata()),
             .tags = {std::move_iterator(event.mutable_tags()->begin()),
                      std::move_iterator(event.mutable_tags()->end())},
             .content_type = event.has_content_type() ? event.content_type() : std::string(json_content),
             .id = *id});
    }
    for (const auto& condition : in.conditions()) {
        auto made = condition_of(condition);
        if (!made.ok()) return std::move(made).error();
        commit.conditions.push_back(*std::move(made));
    }
    commit.command_id = in.command_id();
    commit.repeats = in.repeats_unchecked() ? Repeats::unchecked : Repeats::detect;
    return commit;
}

void put(const Receipt& receipt, v1::Receipt& out) {
    out.set_first(receipt.first.value);
    out.set_last(receipt.last.value);
    out.set_time(micros_of(receipt.time));
    out.set_durability(static_cast<v1::Durability>(receipt.durability));
    for (const auto& stream : receipt.streams) {
        auto& added = *out.add_streams();
        added.set_stream(stream.stream);
        added.set_last(stream.last.value);
    }
    out.set_repeated_before(receipt.repeated);
}

Receipt receipt_of(const v1::Receipt& in) {
    Receipt made{.first = Position{in.first()},
                 .last = Position{in.last()},
                 .time = time_of(in.time()),
                 .durability = static_cast<Durability>(in.durability()),
                 .repeated = in.repeated_before()};
    for (const auto& stream : in.streams()) made.streams.push_back({stream.stream(), Revision{stream.last()}});
    return made;
}

}  // namespace varve::wire
