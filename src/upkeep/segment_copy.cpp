#include "upkeep/segment_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "log/commit_walk.hpp"
#include "log/segment_builder.hpp"
#include "log/segment_files.hpp"

namespace varve::upkeep {
namespace {

constexpr std::size_t piece_bytes = 1 << 20;
/// Frames can be small: asking after each would cost more than they do.
constexpr std::uint64_t look_every_bytes = 256 << 10;

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
                         .message = fmt::format("position {} lies inside a commit, which is all or nothing (or among "
                                                "removed ones): end at position {}, before it, or {}, after it",
                                                until.value, begin.value, (begin + commit.events).value)};
        }
        front.bytes += commit.bytes;
        front.events += commit.events;
        front.commits += commit.commits;
    }
    return front;
}

/// Copies from the scan to the writer until the end or the place.
Result<> copy_blocks(log::FrameScan& scan, const SourceSegment& segment, std::uint64_t frames_end, const Until& until,
                     log::SegmentBuilder& into, Meter& meter) {
    while (scan.offset() < frames_end && scan.head().sequence < segment.end.sequence) {
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
        if (auto added = into.add(block, scan.frame().durable_sequence, records); !added) return added;
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
    return sealed_file(**file, path);
}

Result<SealedFile> sealed_file(io::File& file, const io::Path& path) {
    const auto bytes = file.size();
    if (!bytes) return bytes.error();
    log::SegmentHeader::Bytes head{};
    const auto got = file.read(0, head);
    if (!got) return got.error();
    auto header = log::SegmentHeader::parse({head.data(), *got});
    if (!header) {
        if (header.error().code == Code::data_loss) return damage(path, 0, header.error().message);
        return std::move(header).error().within("'" + path.string() + "'");
    }
    auto footer = log::read_footer(file, *bytes, header->salt);
    if (!footer) return footer.error();
    if (!*footer) return damage(path, *bytes, "the footer is missing or wrong");
    return SealedFile{.header = *header, .footer = std::move(**footer)};
}

Result<SealedFile> check_sealed(io::Files& files, const io::Path& path, Meter& meter,
                                const std::function<void(const log::FrameScan&)>& each) {
    const auto file = files.open(path, io::OpenMode::read);
    if (!file) return file.error();
    auto sealed = sealed_file(**file, path);
    if (!sealed) return sealed;
    const log::SegmentFooter& footer = sealed->footer;
    auto frames = log::frames_of(**file, footer.file_bytes, sealed->header, &footer);
    if (!frames) return std::move(frames).error().within(path.string());
    log::FrameScan scan(*std::move(frames), sealed->header);
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
    // Since it was looked at, a compaction may have sealed it, and put another file in its place.
    SealedFile from{.header = segment.header, .footer = {}};
    from.footer.frames_end = segment.frames_end;
    auto now = sealed_file(**source, segment.path);
    const bool sealed = now.ok();
    if (sealed) {
        from = *std::move(now);
    } else if (segment.sealed || now.error().code != Code::data_loss) {
        return now.error();
    }
    log::SegmentHeader header = from.header;
    if (store) header.store = *store;
    const auto target = files.open(to, io::OpenMode::create_new);
    if (!target) return target.error();
    auto frames = log::frames_of(**source, *bytes, from.header, sealed ? &from.footer : nullptr);
    if (!frames) return std::move(frames).error().within(segment.path.string());
    log::FrameScan scan(*std::move(frames), from.header);
    log::SegmentBuilder builder(**target, header);
    auto copied = copy_blocks(scan, segment, from.footer.frames_end, until, builder, meter);
    if (!copied) return copied.error();
    if (builder.empty()) {
        if (auto removed = files.remove(to); !removed) return removed.error();
        return std::optional<SealedFile>();
    }
    auto footer = builder.seal();
    if (!footer) return footer.error();
    return std::optional(SealedFile{.header = header, .footer = *std::move(footer)});
}

}  // namespace varve::upkeep
