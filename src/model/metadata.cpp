#include "model/metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "store/names.hpp"
#include "varve/json.hpp"

namespace varve {

namespace {

bool is_hex(std::string_view digits) {
    return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view digits) {
    return is_hex(digits) && digits.find_first_not_of('0') != std::string_view::npos;
}

/// Version 00 of the W3C trace context: 00-TRACE-SPAN-FLAGS.
bool is_trace(std::string_view text) {
    static constexpr std::string_view shape = "00-................................-................-..";
    const bool shaped = text.size() == shape.size() && std::ranges::equal(text, shape, [](char is, char should) {
                            return should == '.' || is == should;
                        });
    return shaped && is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) && is_hex(text.substr(53));
}

}  // namespace

Result<std::string> event_metadata(const CommandOptions& options, std::string mark) {
    std::map<std::string, std::string> members = options.metadata;
    const auto set = [&](std::string_view name, std::string value) {
        if (!value.empty()) members[std::string(name)] = std::move(value);
    };
    set(correlation_member, options.correlation_id);
    set(causation_member, options.causation_id);
    set(trace_member, options.trace_parent);
    set(command_member, std::move(mark));
    if (members.empty()) return std::string();
    if (!options.trace_parent.empty() && !is_trace(options.trace_parent)) {
        return Error{
            .code = Code::invalid_argument,
            .message = fmt::format("the trace parent {} is none; give 00-<32 hex digits>-<16>-<2> in lower case, "
                                   "neither id all zeros",
                                   store::in_quotes(options.trace_parent))};
    }
    return to_json(members).within("metadata");
}

CommandOptions caused_by(const Event& event) {
    const std::string id = event.id.to_string();
    return {.correlation_id = metadata_member(event.metadata, correlation_member).value_or(id),
            .causation_id = id,
            .trace_parent = trace_of(event.metadata)};
}

std::string trace_of(std::string_view metadata) {
    std::string trace = metadata_member(metadata, trace_member).value_or("");
    return is_trace(trace) ? trace : std::string();
}

std::optional<std::string> metadata_member(std::string_view metadata, std::string_view member) {
    if (metadata.find(member) == std::string_view::npos) return {};
    const auto document = parse_json(metadata);
    if (!document.ok()) return {};
    const auto found = document->root().find(member);
    const auto text = found ? found->as_string() : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace varve
