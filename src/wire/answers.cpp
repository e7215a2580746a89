#include "wire/answers.hpp"

#include <memory>
#include <utility>

#include "wire/commits.hpp"

namespace varve::wire {

namespace {

constexpr std::string_view details_type = "type.googleapis.com/varve.v1.ErrorDetails";
constexpr std::uint32_t code_max = static_cast<std::uint32_t>(Code::unauthenticated);

template <class Place>
std::optional<Place> place_of(bool there, std::uint64_t value) {
    return there ? std::optional(Place{value}) : std::nullopt;
}

void put(const Conflict& conflict, v1::Conflict& out) {
    out.set_stream(conflict.stream);
    wire::put(conflict.expected, *out.mutable_expected());
    if (conflict.actual) out.set_actual(conflict.actual->value);
    out.set_condition(conflict.condition);
    out.set_state(static_cast<v1::StreamState>(conflict.state));
    wire::put(conflict.query, *out.mutable_query());
    if (conflict.after) out.set_after(conflict.after->value);
    if (conflict.found) out.set_found(conflict.found->value);
}

Conflict conflict_of(const v1::Conflict& in) {
    return {.stream = in.stream(),
            .expected = expected_of(in.expected()),
            .actual = place_of<Revision>(in.has_actual(), in.actual()),
            .condition = in.condition(),
            .state = static_cast<StreamState>(in.state()),
            .query = query_of(in.query()),
            .after = place_of<Position>(in.has_after(), in.after()),
            .found = place_of<Position>(in.has_found(), in.found())};
}

Overlap overlap_of(const v1::Overlap& in) {
    Overlap made;
    for (const auto& known : in.known()) {
        made.known.push_back({.event = known.event(),
                              .id = id_of(known.id()).value_or(EventId{}),
                              .stream = known.stream(),
                              .revision = Revision{known.revision()},
                              .position = Position{known.position()}});
    }
    return made;
}

}  // namespace

std::string details_of(const Error& error) {
    if (error.reason.empty() && !error.conflict && !error.overlap) return {};
    v1::ErrorDetails details;
    details.set_reason(error.reason);
    if (error.conflict) put(*error.conflict, *details.mutable_conflict());
    if (error.overlap) {
        for (const Overlap::Known& known : error.overlap->known) {
            auto& added = *details.mutable_overlap()->add_known();
            added.set_event(known.event);
            added.set_id(bytes_of(known.id));
            added.set_stream(known.stream);
            added.set_revision(known.revision.value);
            added.set_position(known.position.value);
        }
    }
    v1::Status status;
    status.set_code(static_cast<std::int32_t>(error.code));
    status.set_message(error.message);
    auto& any = *status.add_details();
    any.set_type_url(std::string(details_type));
    any.set_value(details.SerializeAsString());
    return status.SerializeAsString();
}

Error error_of(std::uint32_t code, std::string message, std::string_view details) {
    Error error{.code = code >= 1 && code <= code_max ? static_cast<Code>(code) : Code::unknown,
                .message = std::move(message)};
    v1::Status status;
    if (details.empty() || !status.ParseFromArray(details.data(), static_cast<int>(details.size()))) return error;
    for (const auto& any : status.details()) {
        v1::ErrorDetails parsed;
        if (any.type_url() != details_type || !parsed.ParseFromString(any.value())) continue;
        error.reason = parsed.reason();
        if (parsed.has_conflict()) error.conflict = std::make_shared<const Conflict>(conflict_of(parsed.conflict()));
        if (parsed.has_overlap()) error.overlap = std::make_shared<const Overlap>(overlap_of(parsed.overlap()));
    }
    return error;
}

void put(const StreamRetention& retention, v1::Retention& out) {
    out.set_state(static_cast<v1::StreamState>(retention.state));
    if (retention.first) out.set_first(retention.first->value);
    if (retention.last) out.set_last(retention.last->value);
    if (retention.keeps.max_count) out.set_max_count(*retention.keeps.max_count);
    if (retention.keeps.max_age) out.set_max_age_seconds(static_cast<std::uint64_t>(retention.keeps.max_age->count()));
    if (retention.keeps.truncate_before) out.set_truncate_before(retention.keeps.truncate_before->value);
    out.set_settings(retention.settings);
    if (retention.settings_revision) out.set_settings_revision(retention.settings_revision->value);
}

StreamRetention retention_of(const v1::Retention& in) {
    StreamRetention made{.state = static_cast<StreamState>(in.state()),
                         .first = place_of<Revision>(in.has_first(), in.first()),
                         .last = place_of<Revision>(in.has_last(), in.last()),
                         .settings = in.settings(),
                         .settings_revision = place_of<Revision>(in.has_settings_revision(), in.settings_revision())};
    if (in.has_max_count()) made.keeps.max_count = in.max_count();
    if (in.has_max_age_seconds())
        made.keeps.max_age = std::chrono::seconds(static_cast<std::int64_t>(in.max_age_seconds()));
    made.keeps.truncate_before = place_of<Revision>(in.has_truncate_before(), in.truncate_before());
    return made;
}

void put(const StoreInfo& info, v1::Info& out) {
    out.set_engine(info.engine);
    out.set_location(info.location);
    out.set_id(info.id);
    out.set_format(info.format);
    out.set_events(info.events);
    out.set_commits(info.commits);
    if (info.first_time) out.set_first_time(micros_of(*info.first_time));
    if (info.last_time) out.set_last_time(micros_of(*info.last_time));
    out.set_segments(info.segments);
    out.set_compressed_segments(info.compressed_segments);
    out.set_log_bytes(info.log_bytes);
    out.set_indexed(info.indexed);
    out.set_durability(static_cast<v1::Durability>(info.durability));
    out.set_digest(info.digest);
}

StoreInfo info_of(const v1::Info& in) {
    StoreInfo made{.engine = in.engine(),
                   .location = in.location(),
                   .id = in.id(),
                   .format = in.format(),
                   .events = in.events(),
                   .commits = in.commits(),
                   .first_time = {},
                   .last_time = {},
                   .segments = in.segments(),
                   .compressed_segments = in.compressed_segments(),
                   .log_bytes = in.log_bytes(),
                   .indexed = in.indexed(),
                   .durability = static_cast<Durability>(in.durability()),
                   .digest = in.digest()};
    if (in.has_first_time()) made.first_time = time_of(in.first_time());
    if (in.has_last_time()) made.last_time = time_of(in.last_time());
    return made;
}

}  // namespace varve::wire
