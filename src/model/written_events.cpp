#include "model/written_events.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace varve {

namespace {

std::string packed(const std::vector<std::string>& tags) {
    std::string bytes;
    for (const std::string& tag : tags) {
        bytes += static_cast<char>(tag.size());
        bytes += tag;
    }
    return bytes;
}

}  // namespace

WrittenEvents::WrittenEvents(std::vector<NewEvent> events, const Receipt& receipt) : given_(std::move(events)) {
    tags_.reserve(given_.size());
    for (const NewEvent& event : given_) tags_.push_back(packed(event.tags));
    events_.resize(given_.size());
    // A receipt tells the last revision of each stream: the ones before it are counted from there.
    std::vector<Revision> last;
    for (const auto& stream : receipt.streams) last.push_back(stream.last);
    for (std::size_t i = given_.size(); i-- > 0;) {
        const NewEvent& given = given_[i];
        const auto stream = std::ranges::find(receipt.streams, given.stream, &Receipt::StreamRevision::stream);
        Revision& revision = last[static_cast<std::size_t>(stream - receipt.streams.begin())];
        events_[i] = {.position = receipt.first + i,
                      .revision = revision,
                      .id = given.id,
                      .created = receipt.time,
                      .stream = given.stream,
                      .type = given.type,
                      .content_type = given.content_type,
                      .data = given.data,
                      .metadata = given.metadata,
                      .tags = Tags(tags_[i])};
        if (revision > Revision{0}) revision = revision - 1;
    }
}

}  // namespace varve
