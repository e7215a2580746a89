#include "cli/report.hpp"

#include <string>

#include "text/query_json.hpp"
#include "cli/text.hpp"
#include "varve/commit.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

/// Of a stream: `stream`, `expected`, `actual`, `state`; of a query: `query`, `after`, `found`.
std::string as_json(const Conflict& conflict) {
    const auto number = [](const auto& place) { return place ? std::to_string(place->value) : std::string("null"); };
    const std::string condition = ",\"condition\":" + std::to_string(conflict.condition) + "}";
    std::string text = ",\"conflict\":{";
    if (conflict.found) {
        text += "\"query\":" + text::query_json(conflict.query);
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

std::string as_json(const Error& error) {
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
    return text + "}}\n";
}

}  // namespace

void report(Screen& screen, const Error& error, bool json) {
    if (json) {
        screen.err << as_json(error);
    } else {
        screen.err << "varve: " << one_line(error.message) << "\n";
    }
    static_cast<void>(screen.err.flush());
}

}  // namespace varve::cli
