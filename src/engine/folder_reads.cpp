#include "engine/folder_reads.hpp"

#include <limits>
#include <utility>

#include "engine/retention.hpp"
#include "engine/sources.hpp"
#include "log/digest.hpp"

namespace varve::engine {

namespace {

/// Of a store in which no stream has settings.
CompactReport untouched(const std::vector<log::SegmentInfo>& segments) {
    CompactReport report;
    for (const log::SegmentInfo& segment : segments) {
        ++report.segments;
        report.bytes_before += segment.bytes;
    }
    report.bytes_after = report.bytes_before;
    return report;
}

}  // namespace

FolderReads::FolderReads(std::string folder, Durability durability, std::shared_ptr<log::SegmentLog> log,
                         std::shared_ptr<Catalog> catalog, std::shared_ptr<io::Clock> clock)
    : folder_(std::move(folder)),
      durability_(durability),
      log_(std::move(log)),
      catalog_(std::move(catalog)),
      clock_(std::move(clock)),
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
    return make_source(log_, catalog_, selection, head(), *clock_);
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
    const Position end = head();
    if (!catalog_->table().any_rules()) return catalog_->streams(prefix, after, limit, end);
    std::vector<StreamInfo> live;
    std::string from(after);
    while (live.size() < limit) {
        auto page = catalog_->streams(prefix, from, limit, end);
        if (!page) return page;
        const bool last = page->size() < limit;
        for (StreamInfo& info : *page) {
            const auto stream = stream_below(info.name, end);
            if (!stream) return stream.error();
            from = info.name;
            if (live.size() < limit && stream->standing().state() == StreamState::live) live.push_back(std::move(info));
        }
        if (last) break;
    }
    return live;
}

Result<std::optional<StreamInfo>> FolderReads::stream(std::string_view name) {
    if (closed()) return closed_error();
    const auto found = stream_below(name, head());
    if (!found) return found.error();
    if (found->standing().state() != StreamState::live) return std::optional<StreamInfo>();
    const StreamHead& known = found->head;
    return std::optional(
        StreamInfo{.name = std::string(name), .last = *known.last, .last_position = known.last_position});
}

Result<FolderReads::Stream> FolderReads::stream_below(std::string_view name, Position end) {
    auto known = catalog_->head(name);
    if (!known) return std::move(known).error();
    auto ruling = catalog_->ruling(name, *known, end);
    if (!ruling) return std::move(ruling).error();
    Stream stream{.head = *std::move(known), .ruling = *std::move(ruling)};
    StreamHead& head = stream.head;
    if (!head.last || head.last_position < end) return stream;

    // The catalog is ahead of what is committed: look for the last committed revision.
    const auto beyond = catalog_->revision_at_or_after(name, head, end);
    if (!beyond) return beyond.error();
    if (*beyond == Revision{0}) {
        head.last.reset();
        return stream;
    }
    head.last = *beyond - 1;
    const auto position = catalog_->stream_positions(name, *head.last, 1);
    if (!position) return position.error();
    if (position->empty()) return index_misses(name, *head.last);
    head.last_position = position->front();
    return stream;
}

Result<StreamRetention> FolderReads::retention(std::string_view name) {
    if (closed()) return closed_error();
    const Position end = head();
    const auto stream = stream_below(name, end);
    if (!stream) return stream.error();
    auto first = first_shown(*log_, *catalog_, name, stream->head, end, *clock_);
    if (first && catalog_->may_miss() && *first <= stream->head.last) first = first_there(name, *first, end);
    if (!first) return first.error();
    const store::Rules rules = stream->ruling != nullptr ? stream->ruling->rules : store::Rules();
    if (stream->ruling == nullptr) return store::retention_of(stream->standing(), rules, *first, nullptr);
    log::EventReader reader(*log_);
    const auto settings = reader.at(stream->ruling->at);
    if (!settings) return settings.error();
    return store::retention_of(stream->standing(), rules, *first, *settings);
}

Result<Revision> FolderReads::first_there(std::string_view name, Revision from, Position end) {
    const Selection selection{.source = varve::Stream{std::string(name)}, .from_revision = from, .limit = 1};
    const auto source = make_source(log_, catalog_, selection, end, *clock_);
    if (!source) return source.error();
    const auto event = (*source)->next();
    if (!event) return event.error();
    return *event == nullptr ? Revision{std::numeric_limits<std::uint64_t>::max()} : (*event)->revision;
}

Result<CompactReport> FolderReads::compact(const CompactOptions& options) {
    if (closed()) return closed_error();
    const Position end = head();
    Removal removal(*log_, *catalog_, end, *clock_);
    const bool removes = removal.removes_anything();
    if (!removes && options.compression == Compression::as_is) return untouched(log_->segments());
    log::CompactionRequest request{.end = end, .judge = {}, .options = options};
    if (removes) {
        // From here on the index may know more than there is.
        if (!options.dry_run) catalog_->let_miss();
        request.judge = [&](const Event& event) -> Result<log::Leave> {
            const auto fate = removal.fate(event);
            if (!fate) return fate.error();
            if (*fate == Fate::kept) return log::Leave::all;
            return *fate == Fate::hollow ? log::Leave::place : log::Leave::nothing;
        };
    }
    auto report = log_->compact(request);
    if (removes && !options.dry_run) {
        catalog_->forget_removed();
        compactions_.fetch_add(1, std::memory_order_release);
    }
    return report;
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
        if (segment.compressed) ++info.compressed_segments;
        info.log_bytes += segment.bytes;
    }
    info.indexed = catalog_->watermark().value;
    info.durability = durability_;
    info.digest = log::digest_of(log_->head());
    return info;
}

}  // namespace varve::engine
