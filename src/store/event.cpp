#include "varve/event.hpp"

#include <algorithm>

namespace varve {

bool Tags::contains(std::string_view tag) const {
    return std::find(begin(), end(), tag) != end();
}

NewEvent to_new_event(const Event& event) {
    NewEvent copy{.stream = std::string(event.stream),
                  .type = std::string(event.type),
                  .data = std::string(event.data),
                  .metadata = std::string(event.metadata),
                  .content_type = std::string(event.content_type),
                  .id = event.id};
    for (const std::string_view tag : event.tags) copy.tags.emplace_back(tag);
    return copy;
}

}  // namespace varve
