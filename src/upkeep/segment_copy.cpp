#include "upkeep/segment_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "log/commit_walk.hpp"
#include "log/segment_files.hpp"

namespace varve::upkeep {
namespace {

constexpr std::size_t piece_bytes = 1 << 20;
/// Frames can be small: asking after each would cost more than they do.
constexpr std::uint64_t look_every_bytes = 256 << 10;

/// Bytes on their way to the end of a new file, in pieces worth a write.
class Appender {
public:
    explicit Appender(io::File& file) : file_(file) {}
    [[nodiscard]] std::uint64_t offset() const { return written_ + buffer_.size(); }
    Result<> add(std::string_view bytes) {
        buffer_ += bytes;
        return buffer_.size() < piece_bytes ? Result<>() : flush();
    }
    Result<> flush() {
        if (auto written = file_.write(written_, buffer_); !written) return written;
        written_ += buffer_.size();
        buffer_.clear();
        return {};
    }

private:
    io::File& file_;
    std::string buffer_;
    std::uint64_t written_ = 0;
};

Error damage(const io::Path& path, std::uint64_t offset, std::string_view what) {
    return log::damaged(path.string(), offset, what);
}

/// How many of a block's events lie before the position; an error when that is inside a commit.
struct Front {
    std::uint32_t bytes = 0;
    std::uint32_t commits = 0;
    std::uint32_t events = 0;
};
Result<Front> front_of(const log::Block& block, std::string_view payload, Position until) {
    const auto commits = log::commits_of(payload);
    if (!commits) return commits.error();
    Front front;
    for (const log::CommitPlace& commit : *commits) {
        const Position begin = block.first + front.events;
        if (begin + commit.events > until) {
            if (begin == until) break;
            return Error{.code = Code::invalid_argument,
                         .message = fmt::format("position {} lies inside a commit, which is all or nothing: end at "
                                                "position {}, before it, or {}, after it",
                                                until.value, begin.value, (begin + commit.events).value)};
        }
        front.bytes += commit.bytes;
        front.events += commit.events;
        ++front.commits;
    }
    return front;
}

/// Writes blocks one after the other into a segment that is to be sealed.
class PartWriter {
public:
    PartWriter(io::File& file, const log::SegmentHeader& header)
        : file_(file), out_(file), header_(header), codec_(header.salt) {
        sealed_.header = header;
        sealed_.footer.end = header.begin;
        sealed_.footer.epoch = header.epoch;
    }

    Result<> begin() {
        const auto bytes = header_.encode();
        return out_.add({bytes.data(), bytes.size()});
    }

    Result<> add(const log::Block& block, std::string_view payload, std::uint64_t durable_sequence,
                 const std::vector<std::uint32_t>& records) {
        const std::uint64_t at = out_.offset();
        const auto header = codec_.header(block, durable_sequence, at);
        const auto trailer = codec_.trailer(block);
        for (const std::uint32_t record : records)
            offsets_.push_back(static_cast<std::uint32_t>(at + log::frame_header_bytes + record));
        log::SegmentFooter& footer = sealed_.footer;
        if (footer.commits == 0) footer.first_time = block.time;
        footer.end = block.head_after();
        footer.commits += block.commits;
        footer.epoch = std::max(footer.epoch, block.epoch);
        if (auto added = out_.add({header.data(), header.size()}); !added) return added;
        if (auto added = out_.add(payload); !added) return added;
        return out_.add({trailer.data(), trailer.size()});
    }

    Result<SealedFile> seal() {
        sealed_.footer.frames_end = out_.offset();
        if (auto added = out_.add(sealed_.footer.encode(header_.salt, offsets_)); !added) return added.error();
        if (auto flushed = out_.flush(); !flushed) return flushed.error();
        if (auto synced = file_.sync_all(); !synced) return synced.error();
        return sealed_;
    }

    [[nodiscard]] bool empty() const { return sealed_.footer.end == header_.begin; }

private:
    io::File& file_;
    Appender out_;
    const log::SegmentHeader header_;
    log::FrameCodec codec_;
    SealedFile sealed_;
    std::vector<std::uint32_t> offsets_;
};

/// Copies from the scan to the writer until the end or the place.
Result<> copy_blocks(log::FrameScan& scan, const SourceSegment& segment, const Until& until, PartWriter& into,
                     Meter& meter) {
    while (scan.offset() < segment.frames_end) {
        const auto more = scan.next();
        if (!more) return more.error();
        if (!*more) return damage(segment.path, scan.offset(), scan.why());
        log::Block block = scan.frame().block;
        std::string_view payload = scan.payload();
        if (until.time && block.time > *until.time) return {};
        if (until.position && block.first >= *until.position) return {};
        std::vector<std::uint32_t> records = scan.records();
        const bool cut = until.position && block.first + block.events > *until.position;
        if (cut) {
            const auto front = front_of(block, payload, *until.position);
            if (!front) return front.error();
            if (front->commits == 0) return {};
            payload = payload.substr(0, front->bytes);
            records.resize(front->events);
            const log::Head before{
                .sequence = block.sequence, .next = block.first, .time = block.time, .chain = block.previous_chain};
            block = log::make_block(before, block.epoch + 1, block.time, front->events, front->commits, payload);
        }
        block.payload = payload;
        if (auto added = into.add(block, payload, scan.frame().durable_sequence, records); !added) return added;
        if (auto metered = meter.add(scan.frame().bytes); !metered) return metered;
        if (cut) return {};
    }
    return {};
}

}  // namespace

Result<> Meter::add(std::uint64_t bytes) {
    done_ += bytes;
    if (done_ < next_look_) return {};
    next_look_ = done_ + look_every_bytes;
    if (watch_.progress) watch_.progress(std::min(done_, total_), total_);
    if (watch_.stop && watch_.stop()) {
        return Error{.code = Code::cancelled, .message = "stopped before it was complete; repeat it to go on"};
    }
    return {};
}

Result<SealedFile> open_sealed(io::Files& files, const io::Path& path) {
    const auto file = files.open(path, io::OpenMode::read);
    if (!file) return file.error();
    const auto bytes = (*file)->size();
    if (!bytes) return bytes.error();
    log::SegmentHeader::Bytes head{};
    const auto got = (*file)->read(0, head);
    if (!got) return got.error();
    auto header = log::SegmentHeader::parse({head.data(), *got});
    if (!header) {
        if (header.error().code == Code::data_loss) return damage(path, 0, header.error().message);
        return std::move(header).error().within("'" + path.string() + "'");
    }
    auto footer = log::read_footer(**file, *bytes, header->salt);
    if (!footer) return footer.error();
    if (!*footer) return damage(path, *bytes, "the footer is missing or wrong");
    return SealedFile{.header = *header, .footer = std::move(**footer)};
}

Result<SealedFile> check_sealed(io::Files& files, const io::Path& path, Meter& meter,
                                const std::function<void(const log::FrameScan&)>& each) {
    auto sealed = open_sealed(files, path);
    if (!sealed) return sealed;
    const auto file = files.open(path, io::OpenMode::read);
    if (!file) return file.error();
    const log::SegmentFooter& footer = sealed->footer;
    log::FrameScan scan(log::FrameBytes(**file, footer.file_bytes), sealed->header);
    scan.stop_at(footer.frames_end);
    while (scan.offset() < footer.frames_end) {
        const auto more = scan.next();
        if (!more) return more.error();
        if (!*more) return damage(path, scan.offset(), scan.why());
        if (each) each(scan);
        if (auto metered = meter.add(scan.frame().bytes); !metered) return metered.error();
    }
    if (scan.head() != footer.end) return damage(path, footer.frames_end, "the footer does not fit the frames");
    const auto whole = log::sections_whole(**file, footer);
    if (!whole) return whole.error();
    if (!*whole) return damage(path, footer.frames_end, "a section of the footer does not fit its checksum");
    return sealed;
}

Result<> copy_whole(io::Files& files, const io::Path& from, const io::Path& to,
                    const std::optional<log::StoreId>& store, Meter& meter) {
    const auto source = files.open(from, io::OpenMode::read);
    if (!source) return source.error();
    const auto bytes = (*source)->size();
    if (!bytes) return bytes.error();
    const auto target = files.open(to, io::OpenMode::create_new);
    if (!target) return target.error();
    std::string piece;
    for (std::uint64_t at = 0; at < *bytes; at += piece.size()) {
        piece.resize(std::min<std::uint64_t>(piece_bytes, *bytes - at));
        const auto got = (*source)->read(at, piece);
        if (!got) return got.error();
        if (*got != piece.size()) return damage(from, at + *got, "the file became shorter while it was copied");
        if (at == 0 && store) {
            auto header = log::SegmentHeader::parse(std::string_view(piece).substr(0, log::segment_header_bytes));
            if (!header) return damage(from, 0, header.error().message);
            header->store = *store;
            const auto renamed = header->encode();
            std::ranges::copy(renamed, piece.begin());
        }
        if (auto written = (*target)->write(at, piece); !written) return written;
        if (auto metered = meter.add(piece.size()); !metered) return metered;
    }
    return (*target)->sync_all();
}

Result<std::optional<SealedFile>> copy_part(io::Files& files, const SourceSegment& segment, const Until& until,
                                            const io::Path& to, const std::optional<log::StoreId>& store,
                                            Meter& meter) {
    const auto source = files.open(segment.path, io::OpenMode::read);
    if (!source) return source.error();
    const auto bytes = (*source)->size();
    if (!bytes) return bytes.error();
    log::SegmentHeader header = segment.header;
    if (store) header.store = *store;
    const auto target = files.open(to, io::OpenMode::create_new);
    if (!target) return target.error();
    log::FrameScan scan(log::FrameBytes(**source, *bytes), segment.header);
    PartWriter writer(**target, header);
    if (auto begun = writer.begin(); !begun) return begun.error();
    if (auto copied = copy_blocks(scan, segment, until, writer, meter); !copied) return copied.error();
    if (writer.empty()) {
        if (auto removed = files.remove(to); !removed) return removed.error();
        return std::optional<SealedFile>();
    }
    auto sealed = writer.seal();
    if (!sealed) return sealed.error();
    return std::optional(*std::move(sealed));
}

}  // namespace varve::upkeep
