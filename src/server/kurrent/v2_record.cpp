#include "server/kurrent/v2_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "server/kurrent/proposal.hpp"
#include "server/kurrent/v2_failure.hpp"
#include "varve/json_value.hpp"
#include "varve/limits.hpp"

namespace varve::kurrent::v2 {

namespace {

constexpr std::array<std::string_view, 5> formats{"", "Json", "Protobuf", "Avro", "Bytes"};
constexpr std::int32_t json_format = 1;
/// Up to here every whole number has a double of its own.
constexpr double whole_max = 9007199254740992.0;

bool is_of_a_name(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || std::string_view("_.$:-").find(c) != std::string_view::npos;
}

void write(const Value& value, std::string& json);

void write_fields(const std::map<std::string_view, const Value*>& fields, std::string& json) {
    json += '{';
    bool first = true;
    for (const auto& [name, value] : fields) {
        if (!std::exchange(first, false)) json += ',';
        append_json_string(json, name);
        json += ':';
        write(*value, json);
    }
    json += '}';
}

/// In the order of their names: on the wire they have none.
std::map<std::string_view, const Value*> sorted(const auto& fields) {
    std::map<std::string_view, const Value*> made;
    for (const auto& [name, value] : fields) made.emplace(name, &value);
    return made;
}

void write(const Value& value, std::string& json) {
    switch (value.kind_case()) {
        case Value::kNumberValue:
            if (!std::isfinite(value.number_value())) {
                json += "null";
            } else if (std::trunc(value.number_value()) == value.number_value() &&
                       std::abs(value.number_value()) <= whole_max) {
                json += fmt::format("{}", static_cast<std::int64_t>(value.number_value()));
            } else {
                json += fmt::format("{}", value.number_value());
            }
            return;
        case Value::kStringValue: append_json_string(json, value.string_value()); return;
        case Value::kBoolValue: json += value.bool_value() ? "true" : "false"; return;
        case Value::kStructValue: write_fields(sorted(value.struct_value().fields()), json); return;
        case Value::kListValue: {
            json += '[';
            for (int i = 0; i < value.list_value().values_size(); ++i) {
                if (i > 0) json += ',';
                write(value.list_value().values(i), json);
            }
            json += ']';
            return;
        }
        default: json += "null";
    }
}

std::string metadata_of(const AppendRecord& record) {
    Value name, format;
    name.set_string_value(record.schema().name());
    format.set_string_value(std::string(formats[static_cast<std::size_t>(record.schema().format())]));
    auto fields = sorted(record.properties());
    fields["$schema.name"] = &name;
    fields["$schema.format"] = &format;
    std::string json;
    write_fields(fields, json);
    return json;
}

}  // namespace

std::variant<NewEvent, net::Status> event_of(const AppendRecord& record, std::string_view stream) {
    const SchemaInfo& schema = record.schema();
    if (schema.name().empty() || !std::ranges::all_of(schema.name(), is_of_a_name))
        return invalid("schema.name", "it is required, and made of letters, digits and _ . $ : -");
    if (schema.format() < 1 || schema.format() >= static_cast<std::int32_t>(formats.size()))
        return invalid("schema.format", "it is required: JSON, PROTOBUF, AVRO or BYTES");
    NewEvent event{.stream = std::string(stream),
                   .type = schema.name(),
                   .data = record.data(),
                   .metadata = metadata_of(record),
                   .content_type = std::string(schema.format() == json_format ? json_content : octet_content),
                   .id = EventId::random()};
    if (record.has_record_id() && !record.record_id().empty()) {
        const auto id = EventId::parse(record.record_id());
        if (!id || id->is_nil()) return invalid("record_id", "it is no UUID, or all zero");
        event.id = *id;
    }
    event.tags = tags_in(event.metadata);
    const std::size_t bytes = event.data.size() + event.metadata.size() + 2 * event.type.size();
    if (bytes > limits::event_bytes) return record_too_large(stream, event.id.to_string(), bytes, limits::event_bytes);
    return event;
}

}  // namespace varve::kurrent::v2
