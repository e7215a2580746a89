#include "varve/codec.hpp"

namespace varve {

Error unencodable(std::string_view name, Error why) {
    return std::move(why).within("event '" + std::string(name) + "' cannot be stored");
}

Error undecodable(const Event& event, std::string_view name, Error why) {
    why.message = "event '" + std::string(event.type) + "' at position " + std::to_string(event.position.value) +
                  " of stream '" + std::string(event.stream) + "' does not fit '" + std::string(name) +
                  "': " + why.message +
                  "; if its shape has changed, give it a varve::codec that reads both (varve/codec.hpp)";
    return why;
}

}  // namespace varve
