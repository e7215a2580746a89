#include "model/written_events.hpp"

#include <algorithm>
#include <cstddef>

#include "store/validate.hpp"

namespace varve {

WrittenEvents::WrittenEvents(std::span<const NewEvent> events) {
    std::size_t bytes = 0;
    for (const NewEvent& event : events) bytes += store::event_bytes(event);
    // Never more, or the views would be of bytes that have moved.
    bytes_.reserve(bytes);
    const auto copy = [this](std::string_view text) {
        const std::size_t at = bytes_.size();
        bytes_ += text;
        return std::string_view(bytes_).substr(at);
    };
    events_.reserve(events.size());
    for (const NewEvent& event : events) {
        Event& written = events_.emplace_back();
        written.id = event.id;
        written.stream = copy(event.stream);
        written.type = copy(event.type);
        written.content_type = copy(event.content_type);
        written.data = copy(event.data);
        written.metadata = copy(event.metadata);
        const std::size_t tags = bytes_.size();
        for (const std::string& tag : event.tags) {
            bytes_ += static_cast<char>(tag.size());
            bytes_ += tag;
        }
        written.tags = Tags(std::string_view(bytes_).substr(tags));
    }
}

void WrittenEvents::place(const Receipt& receipt) {
    // A receipt tells the last revision of each stream: the ones before it are counted from there.
    std::vector<Revision> last;
    last.reserve(receipt.streams.size());
    for (const auto& stream : receipt.streams) last.push_back(stream.last);
    for (std::size_t i = events_.size(); i-- > 0;) {
        Event& event = events_[i];
        const auto stream = std::ranges::find(receipt.streams, event.stream, &Receipt::StreamRevision::stream);
        Revision& revision = last[static_cast<std::size_t>(stream - receipt.streams.begin())];
        event.position = receipt.first + i;
        event.revision = revision;
        event.created = receipt.time;
        if (revision > Revision{0}) revision = revision - 1;
    }
}

}  // namespace varve
