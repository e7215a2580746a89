#include "model/process_record.hpp"

#include <string>
#include <utility>

namespace varve::record {

Code code_of(std::string_view name) {
    for (int value = 1; value <= static_cast<int>(Code::unauthenticated); ++value) {
        if (to_string(static_cast<Code>(value)) == name) return static_cast<Code>(value);
    }
    return Code::unknown;
}

Result<Step> read_step(const Event& event) {
    for (const std::string_view type : {heard, fired, answered, scheduled, unscheduled}) {
        if (event.type == type) return read<Step>(event);
    }
    return Error{.code = Code::failed_precondition,
                 .message = "stream '" + std::string(event.stream) + "' revision " +
                            std::to_string(event.revision.value) + " (" + std::string(event.type) +
                            ") is no step of a process; somebody else writes to its stream"};
}

std::string clean_text(std::string_view text) {
    static constexpr std::size_t text_bytes_max = 4096;
    std::string quoted;
    append_json_string(quoted, text.substr(0, text_bytes_max));
    auto clean = from_json<std::string>(quoted);
    return clean.ok() ? std::move(*clean) : std::string();
}

Trouble trouble(Position position, const Error& error) {
    return {position, std::string(to_string(error.code)), clean_text(error.message)};
}

Error error_of(const Trouble& trouble) {
    return {.code = code_of(trouble.code), .message = trouble.message};
}

Error error_of(const Answer& answer) {
    return {.code = code_of(answer.code.value_or("unknown")),
            .message = answer.message.value_or(""),
            .reason = answer.reason.value_or("")};
}

}  // namespace varve::record
