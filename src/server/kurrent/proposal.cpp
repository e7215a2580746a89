#include "server/kurrent/proposal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/kurrent/failure.hpp"
#include "server/kurrent/wire.hpp"
#include "varve/json_value.hpp"
#include "varve/limits.hpp"

namespace varve::kurrent {

namespace {

constexpr std::string_view tags_key = "$tags";

}  // namespace

std::string fault_of_name(std::string_view stream) {
    if (stream.empty()) return "'' is not a valid stream name: it is empty";
    if (stream == "$$") return "'$$' is not a valid stream name: it names no stream whose metadata it could hold";
    return {};
}

std::vector<std::string> tags_in(std::string_view metadata) {
    // Most metadata has none, and need not be parsed to tell.
    if (metadata.find(tags_key) == std::string_view::npos) return {};
    const auto document = parse_json(metadata);
    if (!document) return {};
    const auto listed = document->root().find(tags_key);
    if (!listed) return {};
    std::vector<std::string> tags;
    for (const JsonValue tag : listed->elements()) {
        const auto text = tag.as_string();
        if (text && std::ranges::find(tags, *text) == tags.end()) tags.emplace_back(*text);
    }
    return tags;
}

std::variant<NewEvent, net::Status> event_of(const v1::AppendReq::ProposedMessage& proposed) {
    const auto type = proposed.metadata().find("type");
    if (type == proposed.metadata().end()) return lacks_metadata("type");
    const auto content = proposed.metadata().find("content-type");
    if (content == proposed.metadata().end()) return lacks_metadata("content-type");
    const auto id = id_of(proposed.id());
    if (!id || id->is_nil()) return invalid("the id of an event is not a valid UUID, or is all zero");
    if (type->second.empty()) return invalid("the type of an event is a required argument: it is empty");
    NewEvent event{.type = type->second,
                   .data = proposed.data(),
                   .metadata = proposed.custom_metadata(),
                   .content_type = std::string(content_type_of(content->second)),
                   .id = *id};
    event.tags = tags_in(event.metadata);
    const std::size_t bytes = event.data.size() + event.metadata.size() + 2 * event.type.size();
    if (bytes > limits::event_bytes) return event_too_large(id->to_string(), bytes, limits::event_bytes);
    return event;
}

}  // namespace varve::kurrent
