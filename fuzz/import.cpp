// Lines for `varve import`: any line may be read; what is accepted and within the limits is written by `varve export`
// so that it reads the same again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/event_json.hpp"
#include "varve/event.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// The event as a store would show it.
varve::Event shown(const varve::NewEvent& event, std::string& tags) {
    for (const std::string& tag : event.tags) {
        tags += static_cast<char>(tag.size());
        tags += tag;
    }
    varve::Event shown{};
    shown.id = event.id;
    shown.stream = event.stream;
    shown.type = event.type;
    shown.content_type = event.content_type;
    shown.data = event.data;
    shown.metadata = event.metadata;
    shown.tags = varve::Tags(tags);
    return shown;
}

/// Line breaks between tokens of JSON become spaces; nothing else may change.
std::string without_breaks(std::string text) {
    for (char& c : text) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto event = varve::text::parse_event_line(line);
    if (!event) {
        require(!event.error().message.empty());
        return 0;
    }
    if (!varve::check(*event)) return 0;
    std::string tags;
    std::string written;
    varve::text::append_event_json(written, shown(*event, tags));
    require(written.find('\n') == std::string::npos);
    const auto again = varve::text::parse_event_line(written);
    require(again.ok());
    require(again->stream == event->stream && again->type == event->type && again->tags == event->tags);
    require(again->content_type == event->content_type && again->id == event->id);
    require(again->data == event->data || without_breaks(event->data) == again->data);
    require(again->metadata == event->metadata || without_breaks(event->metadata) == again->metadata);
    return 0;
}
