#include "engine/folder_reads.hpp"

#include <utility>

#include "engine/sources.hpp"
#include "log/digest.hpp"

namespace varve::engine {

FolderReads::FolderReads(std::string folder, Durability durability, std::shared_ptr<log::SegmentLog> log,
                         std::shared_ptr<Catalog> catalog)
    : folder_(std::move(folder)),
      durability_(durability),
      log_(std::move(log)),
      catalog_(std::move(catalog)),
      head_(log_->head().next) {}

Error FolderReads::closed_error() const {
    if (forked()) {
        return {Code::failed_precondition, "the store '" + folder_ +
                                               "' was opened before this process was forked off; only the parent may "
                                               "go on with it: close it there and open it again here"};
    }
    return {Code::failed_precondition, "the store is closed; open it again"};
}

Result<std::unique_ptr<EventSource>> FolderReads::read(const Selection& selection) {
    if (closed()) return closed_error();
    return make_source(log_, catalog_, selection, head());
}

bool FolderReads::wait_beyond(Position position, Deadline deadline) {
    return !closed() && head_.wait_beyond(position, deadline);
}

Result<Position> FolderReads::position_at(Timestamp time) {
    if (closed()) return closed_error();
    return log_->position_at(time);
}

Result<std::vector<StreamInfo>> FolderReads::streams(std::string_view prefix, std::string_view after,
                                                     std::size_t limit) {
    if (closed()) return closed_error();
    return catalog_->streams(prefix, after, limit, head());
}

Result<std::optional<StreamInfo>> FolderReads::stream(std::string_view name) {
    if (closed()) return closed_error();
    const Position end = head();
    const auto known = catalog_->head(name);
    if (!known) return known.error();
    if (!known->last) return std::optional<StreamInfo>();
    StreamInfo info{.name = std::string(name), .last = *known->last, .last_position = known->last_position};
    if (info.last_position < end) return std::optional(std::move(info));

    // The catalog is ahead of what is committed: look for the last committed revision.
    const auto beyond = catalog_->revision_at_or_after(name, *known, end);
    if (!beyond) return beyond.error();
    if (*beyond == Revision{0}) return std::optional<StreamInfo>();
    info.last = *beyond - 1;
    const auto position = catalog_->stream_positions(name, info.last, 1);
    if (!position) return position.error();
    if (position->empty()) return index_misses(name, info.last);
    info.last_position = position->front();
    return std::optional(std::move(info));
}

Result<StoreInfo> FolderReads::info() {
    if (closed()) return closed_error();
    StoreInfo info;
    info.engine = "folder";
    info.location = folder_;
    info.id = log_->id();
    info.format = log_->format();
    info.events = head().value;
    info.commits = log_->commits();
    info.first_time = log_->first_time();
    if (info.first_time) info.last_time = log_->head().time;
    for (const log::SegmentInfo& segment : log_->segments()) {
        ++info.segments;
        info.log_bytes += segment.bytes;
    }
    info.indexed = catalog_->watermark().value;
    info.durability = durability_;
    info.digest = log::digest_of(log_->head());
    return info;
}

}  // namespace varve::engine
