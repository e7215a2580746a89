#include "varve/codec.hpp"

namespace varve::detail {

Error undecodable(const Event& event, std::string_view name, Error why) {
    why.message = "event '" + std::string(event.type) + "' at position " + std::to_string(event.position.value) +
                  " of stream '" + std::string(event.stream) + "' does not fit '" + std::string(name) +
                  "': " + why.message +
                  "; if its shape has changed, give it a varve::codec that reads both (varve/codec.hpp)";
    return why;
}

Result<std::string> encode(const EventForm& form, const void* event) {
    Result<std::string> encoded = write_whole(form.stored, event, form.format, form.name);
    if (!encoded.ok()) {
        return std::move(encoded).error().within("event '" + std::string(form.name) + "' cannot be stored");
    }
    return encoded;
}

Result<> decode(const EventForm& form, const Event& event, void* into) {
    Result<> read = read_whole(form.stored, into, event.data, format_of_content(event.content_type), form.name);
    if (!read.ok()) return undecodable(event, form.name, std::move(read).error());
    return read;
}

}  // namespace varve::detail
