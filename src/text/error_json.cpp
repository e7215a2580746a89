#include "text/error_json.hpp"

#include "text/query_json.hpp"
#include "varve/json_value.hpp"

namespace varve::text {
namespace {

/// Of a stream: `stream`, `expected`, `actual`, `state`; of a query: `query`, `after`, `found`.
std::string as_json(const Conflict& conflict) {
    const auto number = [](const auto& place) { return place ? std::to_string(place->value) : std::string("null"); };
    const std::string condition = ",\"condition\":" + std::to_string(conflict.condition) + "}";
    std::string text = ",\"conflict\":{";
    if (conflict.found) {
        text += "\"query\":" + query_json(conflict.query);
        return text + ",\"after\":" + number(conflict.after) + ",\"found\":" + number(conflict.found) + condition;
    }
    text += "\"stream\":";
    append_json_string(text, conflict.stream);
    text += ",\"expected\":";
    append_json_string(text, conflict.expected.to_string());
    text += ",\"actual\":" + number(conflict.actual) + ",\"state\":";
    append_json_string(text, to_string(conflict.state));
    return text + condition;
}

std::string as_json(const Overlap& overlap) {
    std::string text = ",\"overlap\":[";
    for (const Overlap::Known& known : overlap.known) {
        if (text.back() != '[') text += ',';
        text += "{\"event\":" + std::to_string(known.event) + ",\"id\":\"" + known.id.to_string() +
                "\",\"position\":" + std::to_string(known.position.value) + ",\"stream\":";
        append_json_string(text, known.stream);
        text += ",\"revision\":" + std::to_string(known.revision.value) + "}";
    }
    return text + "]";
}

}  // namespace

std::string error_json(const Error& error) {
    std::string text = "{\"error\":{\"code\":";
    append_json_string(text, to_string(error.code));
    text += ",\"message\":";
    append_json_string(text, error.message);
    if (!error.reason.empty()) {
        text += ",\"reason\":";
        append_json_string(text, error.reason);
    }
    if (error.conflict) text += as_json(*error.conflict);
    if (error.overlap) text += as_json(*error.overlap);
    return text + "}}";
}

std::string receipt_json(const Receipt& receipt) {
    std::string text = "{\"first\":" + std::to_string(receipt.first.value) +
                       ",\"last\":" + std::to_string(receipt.last.value) + ",\"time\":\"" + to_string(receipt.time) +
                       "\",\"durability\":";
    append_json_string(text, to_string(receipt.durability));
    text += ",\"streams\":[";
    for (const auto& stream : receipt.streams) {
        if (text.back() != '[') text += ',';
        text += "{\"stream\":";
        append_json_string(text, stream.stream);
        text += ",\"revision\":" + std::to_string(stream.last.value) + "}";
    }
    return text + (receipt.repeated ? "],\"repeated\":true}" : "],\"repeated\":false}");
}

}  // namespace varve::text
