#include "upkeep/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/commit_walk.hpp"
#include "log/frame_scan.hpp"
#include "log/record.hpp"
#include "log/segment_files.hpp"
#include "log/store_folder.hpp"
#include "upkeep/annotate.hpp"

namespace varve::upkeep {
namespace {

class Explaining {
public:
    Explaining(std::shared_ptr<io::File> file, std::uint64_t file_bytes, Explanation& into)
        : file_(std::move(file)), file_bytes_(file_bytes), into_(into), annotator_(into) {}

    Result<> run();

private:
    struct Place {
        std::uint64_t offset = 0;
        std::uint64_t end = 0;  ///< where the next valid frame begins, or the file ends
        bool damaged = false;
        std::string why = {};
    };
    Result<std::string> read(std::uint64_t offset, std::uint64_t bytes) const;
    Result<log::FrameBytes> frames(const log::SegmentHeader& header) const;
    Result<Place> find_frame(const log::SegmentHeader& header) const;
    Result<> explain_page(const log::SegmentHeader& header, const Place& place);
    Result<> explain_frame(const log::SegmentHeader& header, const Place& place);
    Result<> explain_event(const Place& place, std::string_view frame, Position first);
    Result<> explain_record(const Place& place, std::string_view frame, std::size_t at);
    Result<std::optional<std::uint64_t>> record_in_footer(const log::SegmentHeader& header) const;

    std::shared_ptr<io::File> file_;
    std::uint64_t file_bytes_;
    Explanation& into_;
    Annotator annotator_;
};

Result<std::string> Explaining::read(std::uint64_t offset, std::uint64_t bytes) const {
    std::string text(std::min(bytes, file_bytes_ - std::min(offset, file_bytes_)), '\0');
    const auto got = file_->read(offset, text);
    if (!got) return got.error();
    text.resize(*got);
    return text;
}

Result<> Explaining::run() {
    const auto head = read(0, log::segment_header_bytes);
    if (!head) return head.error();
    if (head->size() < log::segment_header_bytes) {
        into_.wrong.push_back(fmt::format("the file has only {} bytes: a segment's header takes {}", head->size(),
                                          log::segment_header_bytes));
        return {};
    }
    annotator_.begin("segment", 0, *head);
    annotate_segment_header(annotator_);
    const auto header = log::SegmentHeader::parse(*head);
    if (!header) {
        into_.wrong.emplace_back("without the salt of the segment's header no frame can be recognised");
        return {};
    }
    const auto place = find_frame(*header);
    if (!place) return place.error();
    if (auto explained = explain_page(*header, *place); !explained) return explained;
    return explain_frame(*header, *place);
}

Result<log::FrameBytes> Explaining::frames(const log::SegmentHeader& header) const {
    const auto footer = log::read_footer(*file_, file_bytes_, header.salt);
    if (!footer) return footer.error();
    return log::frames_of(*file_, file_bytes_, header, *footer ? &**footer : nullptr);
}

/// In a packed segment: the bytes of the file that the beginning of the frame was unpacked from.
Result<> Explaining::explain_page(const log::SegmentHeader& header, const Place& place) {
    if (!header.packed()) return {};
    const auto footer = log::read_footer(*file_, file_bytes_, header.salt);
    if (!footer) return footer.error();
    if (!*footer) return {};
    const auto pages = log::PackedPages::in(*file_, header, **footer);
    if (!pages) return pages.error();
    const std::uint64_t number = (place.offset - log::segment_header_bytes) / header.page_bytes;
    const auto page = (*pages)->place(number);
    const auto bytes = read(page.offset, page.bytes);
    if (!bytes) return bytes.error();
    annotator_.begin("page", page.offset, *bytes);
    annotator_.field(
        0, bytes->size(), "zstd frame",
        fmt::format("page {} of the segment, {} bytes at {} of what it unpacks to; below, offsets are there", number,
                    header.page_bytes, log::segment_header_bytes + number * header.page_bytes));
    if (bytes->size() != page.bytes || page.bytes == 0 || crc32c(*bytes) != page.checksum)
        annotator_.wrong("the page does not fit its checksum in the footer");
    return {};
}

/// Where the frame lies that holds the event, or the damage in which it must lie.
Result<Explaining::Place> Explaining::find_frame(const log::SegmentHeader& header) const {
    auto bytes = frames(header);
    if (!bytes) return bytes.error();
    log::FrameScan scan(*std::move(bytes), header);
    const auto footer = log::read_footer(*file_, file_bytes_, header.salt);
    if (!footer) return footer.error();
    const std::uint64_t limit = *footer ? (*footer)->frames_end : file_bytes_;
    if (*footer) scan.stop_at(limit);
    for (;;) {
        const auto more = scan.next();
        if (!more) return more.error();
        if (*more) {
            if (into_.position < scan.head().next) return Place{.offset = scan.frame_offset(), .end = scan.offset()};
            continue;
        }
        const auto end = scan.end_of_bytes();
        if (!end) return end.error();
        if (scan.offset() >= limit || (!*footer && *end == scan.offset())) {
            return Error{.code = Code::out_of_range,
                         .message = fmt::format("there is no event at position {}: the store ends at position {}",
                                                into_.position.value, scan.head().next.value)};
        }
        Place place{.offset = scan.offset(), .end = limit, .damaged = true, .why = std::string(scan.why())};
        const auto resumed = scan.resume();
        if (!resumed) return resumed.error();
        if (!*resumed) return place;
        place.end = scan.offset();
        if (into_.position < scan.head().next) return place;
    }
}

Result<> Explaining::explain_frame(const log::SegmentHeader& header, const Place& place) {
    const log::FrameCodec codec = header.codec();
    auto from = frames(header);
    if (!from) return from.error();
    const std::uint64_t wanted = std::max<std::uint64_t>(place.end - place.offset, log::frame_header_bytes);
    const auto got = from->at(place.offset, wanted);
    if (!got) return got.error();
    const std::string_view bytes = got->substr(0, wanted);
    if (bytes.size() < log::frame_header_bytes) {
        into_.wrong.push_back(fmt::format("offset {}: the file ends here, inside a frame's header", place.offset));
        return {};
    }
    annotator_.begin("frame", place.offset, bytes);
    annotate_frame_header(annotator_, codec.form());
    const auto frame = codec.parse(bytes, place.offset);
    if (!frame) {
        into_.fields[into_.fields.size() - 12].wrong = true;
        into_.wrong.push_back(
            fmt::format("offset {}: the frame header's checksum does not fit: none of its fields can be relied on",
                        place.offset + 4));
        const auto record = record_in_footer(header);
        if (!record) return record.error();
        if (*record && **record >= place.offset && **record < place.end)
            return explain_record(place, bytes, **record - place.offset);
        into_.wrong.emplace_back("where the record lies cannot be told");
        return {};
    }
    const std::string_view whole = bytes.substr(0, frame->bytes);
    const std::string_view payload = whole.substr(log::frame_header_bytes, frame->payload_bytes());
    if (!codec.hash_fits(*frame, payload)) {
        annotator_.wrong("the payload does not fit its hash in the frame's header");
    } else if (place.damaged && codec.payload_fits(*frame, whole)) {
        into_.wrong.push_back(fmt::format("offset {}: {}", place.offset, place.why));
    }
    if (auto explained = explain_event(place, whole, frame->block.first); !explained) return explained;
    if (whole.size() < frame->bytes) {
        into_.wrong.push_back(fmt::format("offset {}: the file ends inside the frame", place.offset + whole.size()));
        return {};
    }
    const std::size_t trailer = frame->bytes - log::frame_trailer_bytes;
    annotator_.begin("trailer", place.offset + trailer, whole.substr(trailer));
    annotator_.number<std::uint32_t>(0, "length again", "bytes");
    annotator_.field(4, 4, "end magic", "exclusive or the low half of the salt");
    if (!codec.payload_fits(*frame, whole) && codec.hash_fits(*frame, payload))
        annotator_.wrong("the frame's trailer does not repeat its header");
    return {};
}

/// Walks over the commits and records of a frame whose lengths may be wrong.
Result<> Explaining::explain_event(const Place& place, std::string_view frame, Position first) {
    std::uint64_t left = into_.position - first;
    const std::size_t end = frame.size() - std::min<std::size_t>(log::frame_trailer_bytes, frame.size());
    const std::string_view payload = frame.substr(0, end).substr(std::min<std::size_t>(log::frame_header_bytes, end));
    log::CommitPlace commit;
    for (std::uint32_t at = 0; at < payload.size(); at += commit.bytes) {
        const std::uint64_t offset = place.offset + log::frame_header_bytes + at;
        if (const auto wrong = log::commit_at(payload, at, commit); !wrong.empty()) {
            into_.wrong.push_back(fmt::format("offset {}: the {}", offset, wrong));
            return {};
        }
        if (left >= commit.events) {
            left -= commit.events;
            continue;
        }
        annotator_.begin("commit", offset, payload.substr(at, commit.bytes));
        annotate_commit(annotator_);
        const auto number = static_cast<std::uint32_t>(left);
        // What a compaction has removed has no record.
        if (!commit.has(number)) return {};
        std::size_t record = log::frame_header_bytes + commit.records;
        for (std::uint32_t i = 0; i < number; ++i) {
            if (!commit.has(i)) continue;
            const auto size = log::record_size(frame.substr(record, end - std::min(record, end))).bytes;
            if (size < log::record_bytes_min || record + size > end) {
                into_.wrong.push_back(
                    fmt::format("offset {}: a record before it has an impossible length, so where "
                                "this one begins cannot be told",
                                place.offset + record));
                return {};
            }
            record += size;
        }
        const auto size = log::record_size(frame.substr(record, end - std::min(record, end))).bytes;
        if (record + size > log::frame_header_bytes + at + commit.bytes) {
            into_.wrong.push_back(
                fmt::format("offset {}: the record reaches beyond its commit", place.offset + record));
        }
        return explain_record(place, frame.substr(0, end), record);
    }
    into_.wrong.push_back(fmt::format("offset {}: the frame's commits hold fewer events than it counts",
                                      place.offset + log::frame_header_bytes + payload.size()));
    return {};
}

Result<> Explaining::explain_record(const Place& place, std::string_view frame, std::size_t at) {
    if (at + log::record_bytes_min > frame.size()) {
        into_.wrong.push_back(fmt::format("offset {}: the frame ends inside the record", place.offset + at));
        return {};
    }
    const std::string_view rest = frame.substr(at);
    annotator_.begin("record", place.offset + at, rest);
    annotate_record(annotator_, into_.position);
    return {};
}

/// Where the footer's table says that the record lies; nothing without a footer, or in a rewritten segment.
Result<std::optional<std::uint64_t>> Explaining::record_in_footer(const log::SegmentHeader& header) const {
    const auto footer = log::read_footer(*file_, file_bytes_, header.salt);
    if (!footer) return footer.error();
    const log::FooterSection* table = *footer ? (*footer)->section(log::offsets_section) : nullptr;
    const std::uint64_t event = into_.position - header.begin.next;
    if (table == nullptr || header.rewritten() || 4 * event + 4 > table->bytes) return std::optional<std::uint64_t>();
    const auto entry = read(table->offset + 4 * event, 4);
    if (!entry) return entry.error();
    return std::optional<std::uint64_t>(log::load<std::uint32_t>(entry->data()));
}

}  // namespace

Result<Explanation> explain(io::Files& files, const io::Path& folder, Position position) {
    const auto there = files.exists(folder);
    if (!there) return there.error();
    if (!*there)
        return Error{.code = Code::not_found, .message = fmt::format("there is no folder '{}'", folder.string())};
    const auto names = log::segment_names(files, folder);
    if (!names) return names.error();
    const auto after = std::ranges::upper_bound(*names, log::segment_name(position));
    if (after == names->begin()) {
        if (!names->empty()) {
            return Error{.code = Code::data_loss,
                         .message = fmt::format("the segment that holds position {} is missing in '{}': run 'varve "
                                                "verify', restore a backup",
                                                position.value, folder.string())};
        }
        const auto store = files.exists(folder / log::store_name);
        if (store && *store) {
            return Error{.code = Code::out_of_range, .message = fmt::format("'{}' holds no event", folder.string())};
        }
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("'{}' is no store: check the path; of a backup, 'varve restore' makes one",
                                            folder.string())};
    }
    Explanation explanation{.file = *std::prev(after), .position = position, .fields = {}, .wrong = {}};
    auto file = files.open(folder / explanation.file, io::OpenMode::read);
    if (!file) return file.error();
    const auto bytes = (*file)->size();
    if (!bytes) return bytes.error();
    if (auto done = Explaining(*std::move(file), *bytes, explanation).run(); !done) return done.error();
    return explanation;
}

}  // namespace varve::upkeep
