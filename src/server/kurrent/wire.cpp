#include "server/kurrent/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace varve::kurrent {

namespace {

constexpr std::uint64_t tombstone_revision = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view settings_prefix = "$$";
constexpr std::string_view link_type = "$>";

std::int64_t half(const EventId& id, std::size_t from) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits = bits << 8 | id.bytes[from + i];
    return static_cast<std::int64_t>(bits);
}

void put_half(std::int64_t half, EventId& id, std::size_t from) {
    auto bits = static_cast<std::uint64_t>(half);
    for (std::size_t i = 8; i-- > 0; bits >>= 8) id.bytes[from + i] = static_cast<std::uint8_t>(bits & 0xff);
}

/// What every recorded event tells, a link too.
void put_common(const Event& event, std::string_view stream, std::string_view type, std::string_view content_type,
                v1::RecordedEvent& out) {
    put_name(stream, *out.mutable_stream_identifier());
    out.set_prepare_position(event.position.value);
    out.set_commit_position(event.position.value);
    auto& metadata = *out.mutable_metadata();
    metadata["type"] = type;
    metadata["created"] = ticks(event.created);
    metadata["content-type"] = content_type;
}

}  // namespace

std::string_view name_of(const v1::StreamIdentifier& stream) {
    return stream.stream_name();
}

void put_name(std::string_view name, v1::StreamIdentifier& stream) {
    stream.set_stream_name(name.data(), name.size());
}

std::optional<EventId> id_of(const v1::UUID& id) {
    if (id.has_string()) return EventId::parse(id.string());
    if (!id.has_structured()) return {};
    EventId made;
    put_half(id.structured().most_significant_bits(), made, 0);
    put_half(id.structured().least_significant_bits(), made, 8);
    return made;
}

void put_id(const EventId& id, IdForm form, v1::UUID& out) {
    if (form == IdForm::text) {
        out.set_string(id.to_string());
        return;
    }
    out.mutable_structured()->set_most_significant_bits(half(id, 0));
    out.mutable_structured()->set_least_significant_bits(half(id, 8));
}

std::string ticks(Timestamp time) {
    return fmt::format("{}", time.time_since_epoch().count() * 10);
}

void put_time(Timestamp time, v1::Timestamp& out) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
    out.set_seconds(seconds.count());
    out.set_nanos(static_cast<std::int32_t>((time.time_since_epoch() - seconds).count() * 1000));
}

void put_position(Position position, v1::AllStreamPosition& out) {
    out.set_commit_position(position.value);
    out.set_prepare_position(position.value);
}

std::string_view content_type_of(std::string_view type) {
    return type == json_content ? json_content : octet_content;
}

void put_event(const Event& event, IdForm form, v1::RecordedEvent& out) {
    put_id(event.id, form, *out.mutable_id());
    const bool tombstone = event.type == "$streamDeleted" && event.stream.starts_with(settings_prefix);
    const std::string_view stream = tombstone ? event.stream.substr(settings_prefix.size()) : event.stream;
    put_common(event, stream, event.type, content_type_of(event.content_type), out);
    out.set_stream_revision(tombstone ? tombstone_revision : event.revision.value);
    out.set_custom_metadata(event.metadata.data(), event.metadata.size());
    out.set_data(event.data.data(), event.data.size());
}

void put_index_link(const Event& target, std::string_view stream, IdForm form, v1::RecordedEvent& out) {
    put_id(target.id, form, *out.mutable_id());
    put_common(target, stream, link_type, octet_content, out);
    out.set_stream_revision(target.position.value);
    out.set_data(fmt::format("{}@{}", target.revision.value, target.stream));
}

}  // namespace varve::kurrent
