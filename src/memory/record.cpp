#include "memory/record.hpp"

#include <utility>

namespace varve::memory {
namespace {

std::string pack(const std::vector<std::string>& tags) {
    std::string packed;
    for (const std::string& tag : tags) {
        packed += static_cast<char>(tag.size());
        packed += tag;
    }
    return packed;
}

}  // namespace

Record::Record(NewEvent event, Position position, Revision revision, Timestamp created)
    : content_(std::move(event)),
      packed_tags_(pack(content_.tags)),
      view_{.position = position,
            .revision = revision,
            .id = content_.id,
            .created = created,
            .stream = content_.stream,
            .type = content_.type,
            .content_type = content_.content_type,
            .data = content_.data,
            .metadata = content_.metadata,
            .tags = Tags(packed_tags_)} {}

}  // namespace varve::memory
