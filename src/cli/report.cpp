#include "cli/report.hpp"

#include <string>

#include "cli/text.hpp"
#include "varve/commit.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

std::string as_json(const Error& error) {
    std::string text = "{\"error\":{\"code\":";
    append_json_string(text, to_string(error.code));
    text += ",\"message\":";
    append_json_string(text, error.message);
    if (!error.reason.empty()) {
        text += ",\"reason\":";
        append_json_string(text, error.reason);
    }
    if (error.conflict) {
        text += ",\"conflict\":{\"stream\":";
        append_json_string(text, error.conflict->stream);
        text += ",\"expected\":";
        append_json_string(text, error.conflict->expected.to_string());
        text +=
            ",\"actual\":" + (error.conflict->actual ? std::to_string(error.conflict->actual->value) : "null") + "}";
    }
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
