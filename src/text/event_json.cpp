#include "text/event_json.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "text/base64.hpp"
#include "varve/cbor.hpp"
#include "varve/json_value.hpp"

namespace varve::text {
namespace {

constexpr auto fields = std::to_array<std::string_view>(
    {"stream", "type", "data", "metadata", "tags", "id", "contentType", "position", "revision", "created"});

Error bad(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

std::string_view trimmed(std::string_view json) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = json.find_first_not_of(space);
    return first == std::string_view::npos ? std::string_view()
                                           : json.substr(first, json.find_last_not_of(space) - first + 1);
}

/// The text inside {"base64": "..."}; nothing when the value is anything else.
std::optional<std::string_view> base64_of(JsonValue value) {
    if (value.kind() != JsonKind::object) return {};
    std::size_t members = 0;
    std::optional<std::string_view> text;
    for (const auto& [name, member] : value.members()) {
        if (++members > 1 || name != "base64") return {};
        text = member.as_string();
    }
    return text;
}

/// JSON that would be read back as bytes must itself be written as bytes.
bool reads_as_base64(std::string_view json) {
    if (json.front() != '{') return false;
    if (json.find("base64") == std::string_view::npos && json.find("\\u") == std::string_view::npos) return false;
    const Result<JsonDocument> document = parse_json(json);
    return document && base64_of(document->root());
}

/// The JSON that `import` makes just these bytes of; empty: there is none.
std::string exact_json_of_cbor(std::string_view bytes) {
    auto json = cbor_to_json(bytes);
    if (!json) return {};
    const auto again = json_to_cbor(*json);
    return again && *again == bytes ? *std::move(json) : std::string();
}

void append_value(std::string& into, std::string_view bytes, bool json) {
    const std::string_view text = json ? trimmed(bytes) : std::string_view();
    if (!text.empty() && check_json(text) && !reads_as_base64(text)) {
        const std::size_t begin = into.size();
        into += text;
        // Line breaks in valid JSON stand between tokens only.
        std::replace_if(
            into.begin() + static_cast<std::ptrdiff_t>(begin), into.end(),
            [](char c) { return c == '\n' || c == '\r'; }, ' ');
        return;
    }
    into += "{\"base64\":\"";
    append_base64(into, bytes);
    into += "\"}";
}

void append_name(std::string& into, std::string_view key, std::string_view text) {
    into += key;
    append_json_string(into, text);
}

Result<std::string> text_field(std::string_view field, JsonValue value) {
    const auto text = value.as_string();
    if (!text)
        return bad("field '" + std::string(field) + "' must be a string, not " + std::string(describe(value.kind())));
    return std::string(*text);
}

Result<std::string> bytes_field(std::string_view field, JsonValue value, std::string_view raw, bool json) {
    if (const auto text = base64_of(value)) {
        auto bytes = from_base64(*text);
        if (!bytes)
            return bad("field '" + std::string(field) + "': what stands under 'base64' is not base64 with its padding");
        return *std::move(bytes);
    }
    if (json) return std::string(trimmed(raw));
    if (const auto text = value.as_string()) return std::string(*text);
    return bad("field '" + std::string(field) +
               "': with a content type that is not JSON it must be a string or {\"base64\":\"...\"}");
}

Result<std::vector<std::string>> tags_field(JsonValue value) {
    if (value.kind() != JsonKind::array)
        return bad("field 'tags' must be an array of strings, not " + std::string(describe(value.kind())));
    std::vector<std::string> tags;
    for (const JsonValue element : value.elements()) {
        const auto tag = element.as_string();
        if (!tag) return bad("field 'tags' must hold strings only, not " + std::string(describe(element.kind())));
        tags.emplace_back(*tag);
    }
    return tags;
}

/// The members of a line by field; a field that is missing stays nothing.
using Members = std::array<std::optional<JsonValue>, fields.size()>;

Result<Members> members_of(JsonValue root) {
    if (root.kind() != JsonKind::object)
        return bad("a line must be a JSON object, not " + std::string(describe(root.kind())));
    Members members;
    for (const auto& [name, value] : root.members()) {
        const auto field = std::ranges::find(fields, name);
        if (field == fields.end()) {
            return bad("unknown field '" + std::string(name) +
                       "' (known: stream, type, data, metadata, tags, id, contentType)");
        }
        auto& member = members[static_cast<std::size_t>(field - fields.begin())];
        if (member) return bad("field '" + std::string(name) + "' stands there twice");
        member = value;
    }
    return members;
}

Result<std::string> name_field(std::string_view field, const std::optional<JsonValue>& value,
                               const std::string& otherwise) {
    if (value) return text_field(field, *value);
    if (otherwise.empty()) return bad("missing field '" + std::string(field) + "'");
    return otherwise;
}

Result<NewEvent> event_from(const JsonDocument& document, const Members& members, const LineDefaults& defaults) {
    const auto& [stream, type, data, metadata, tags, id, content_type, position, revision, created] = members;
    NewEvent event;
    auto name = name_field("stream", stream, defaults.stream);
    if (!name) return name.error();
    event.stream = *std::move(name);
    name = name_field("type", type, defaults.type);
    if (!name) return name.error();
    event.type = *std::move(name);
    if (content_type) {
        name = text_field("contentType", *content_type);
        if (!name) return name.error();
        event.content_type = *std::move(name);
    }
    if (!data) return bad("missing field 'data'");
    const bool cbor = is_cbor(event.content_type);
    auto bytes = bytes_field("data", *data, document.raw("data"), cbor || is_json(event.content_type));
    if (bytes && cbor && !base64_of(*data)) bytes = json_to_cbor(*bytes);
    if (!bytes) return bytes.error();
    event.data = *std::move(bytes);
    if (metadata && !metadata->is_null()) {
        bytes = bytes_field("metadata", *metadata, document.raw("metadata"), true);
        if (!bytes) return bytes.error();
        event.metadata = *std::move(bytes);
    }
    if (tags && !tags->is_null()) {
        auto list = tags_field(*tags);
        if (!list) return list.error();
        event.tags = *std::move(list);
    }
    if (id && !id->is_null()) {
        const auto text = id->as_string();
        const auto parsed = text ? EventId::parse(*text) : std::nullopt;
        if (!parsed) return bad("field 'id' must be a UUID such as \"c56a4180-65aa-42ec-a945-5fd21dec0538\"");
        event.id = *parsed;
    }
    return event;
}

}  // namespace

bool is_json(std::string_view content_type) {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return type == json_content || type.ends_with("+json");
}

bool is_cbor(std::string_view content_type) {
    return format_of_content(content_type) == Format::cbor;
}

std::optional<std::string> data_as_json(std::string_view data, std::string_view content_type) {
    if (is_json(content_type)) return std::string(data);
    if (!is_cbor(content_type)) return {};
    auto json = cbor_to_json(data);
    return json ? std::optional(*std::move(json)) : std::nullopt;
}

void append_event_json(std::string& into, const Event& event) {
    into += "{\"position\":" + std::to_string(event.position.value);
    into += ",\"revision\":" + std::to_string(event.revision.value);
    into += ",\"id\":\"" + event.id.to_string();
    into += "\",\"created\":\"" + to_string(event.created);
    append_name(into, "\",\"stream\":", event.stream);
    append_name(into, ",\"type\":", event.type);
    append_name(into, ",\"contentType\":", event.content_type);
    into += ",\"data\":";
    const std::string translated = is_cbor(event.content_type) ? exact_json_of_cbor(event.data) : std::string();
    if (translated.empty() || reads_as_base64(translated)) {
        append_value(into, event.data, is_json(event.content_type));
    } else {
        into += translated;
    }
    into += ",\"metadata\":";
    if (event.metadata.empty()) {
        into += "null";
    } else {
        append_value(into, event.metadata, trimmed(event.metadata) != "null");
    }
    into += ",\"tags\":[";
    bool first = true;
    for (const std::string_view tag : event.tags) {
        append_name(into, first ? "" : ",", tag);
        first = false;
    }
    into += "]}";
}

Result<NewEvent> parse_event_line(std::string_view line, const LineDefaults& defaults) {
    const Result<JsonDocument> document = parse_json(line);
    if (!document) return document.error();
    const Result<Members> members = members_of(document->root());
    if (!members) return members.error();
    return event_from(*document, *members, defaults);
}

}  // namespace varve::text
