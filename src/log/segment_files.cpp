#include "log/segment_files.hpp"

#include <array>

#include "log/kept_events.hpp"
#include "log/packed_pages.hpp"

namespace varve::log {
namespace {

bool holds_offsets(const FooterSection* table, std::uint64_t count) {
    return table != nullptr && count <= table->bytes / 4 && table->bytes - 4 * count < 8;
}

/// Do the tables have one entry for each event, and for each block of a rewritten segment?
bool complete(const SegmentHeader& header, const SegmentFooter& footer) {
    if (footer.end.next < header.begin.next || footer.end.sequence < header.begin.sequence) return false;
    if (header.packed() ? !PackedPages::fit(header, footer) : footer.pages_end != 0) return false;
    const std::uint64_t events = footer.end.next - header.begin.next;
    if (!header.rewritten()) return holds_offsets(footer.section(offsets_section), events);
    if (events > segment_file_bytes_max) return false;
    const FooterSection* kept = footer.section(kept_section);
    return kept != nullptr && kept->bytes == KeptEvents::bytes_for(events) &&
           footer.section(offsets_section) != nullptr &&
           holds_offsets(footer.section(frames_section), footer.end.sequence - header.begin.sequence);
}

}  // namespace

Result<SegmentFile> open_segment_file(io::Files& files, const io::Path& folder, const std::string& name,
                                      const StoreState* store, io::OpenMode mode) {
    auto file = files.open(folder / name, mode);
    if (!file) return file.error();
    SegmentFile segment{.name = name, .file = std::move(*file), .header = {}, .footer = {}};
    const auto bytes = segment.file->size();
    if (!bytes) return bytes.error();
    segment.bytes = *bytes;

    SegmentHeader::Bytes head{};
    const auto got = segment.file->read(0, head);
    if (!got) return got.error();
    auto header = SegmentHeader::parse({head.data(), *got});
    if (!header) {
        if (header.error().code == Code::data_loss) return damaged(name, 0, header.error().message);
        return std::move(header).error().within("'" + name + "'");
    }
    segment.header = *header;
    if (segment_name(header->begin.next) != name)
        return damaged(name, 40, "the segment's name does not fit its header");
    if (store != nullptr && header->store != store->owner_of(header->begin.next))
        return damaged(name, 16, "the segment belongs to another store");

    auto footer = read_footer(*segment.file, *bytes, header->salt);
    if (!footer) return footer.error();
    if (*footer && complete(*header, **footer)) segment.footer = std::move(**footer);
    return segment;
}

Result<std::optional<SegmentFooter>> read_footer(io::File& file, std::uint64_t file_bytes, std::uint64_t salt) {
    if (file_bytes < segment_header_bytes + footer_tail_bytes) return std::optional<SegmentFooter>();
    std::array<char, footer_tail_bytes> tail{};
    const auto got = file.read(file_bytes - footer_tail_bytes, tail);
    if (!got) return got.error();
    const auto bytes = SegmentFooter::bytes_of({tail.data(), *got});
    if (!bytes || *bytes > file_bytes - segment_header_bytes) return std::optional<SegmentFooter>();
    std::string whole(*bytes, '\0');
    const auto read = file.read(file_bytes - *bytes, whole);
    if (!read) return read.error();
    auto footer = SegmentFooter::parse(std::string_view(whole).substr(0, *read), salt, file_bytes);
    return footer;
}

Result<FrameBytes> frames_of(io::File& file, std::uint64_t file_bytes, const SegmentHeader& header,
                             const SegmentFooter* footer) {
    if (!header.packed() || footer == nullptr) return FrameBytes(file, file_bytes);
    auto pages = PackedPages::in(file, header, *footer);
    if (!pages) return pages.error();
    return FrameBytes(*std::move(pages));
}

Result<bool> sections_whole(io::File& file, const SegmentFooter& footer) {
    for (const FooterSection& section : footer.sections) {
        std::string bytes(section.bytes, '\0');
        const auto got = file.read(section.offset, bytes);
        if (!got) return got.error();
        if (*got != bytes.size() || crc32c(bytes) != section.checksum) return false;
    }
    return true;
}

Result<> write_segment_header(io::File& file, const SegmentHeader& header) {
    const auto bytes = header.encode();
    return file.write(0, {bytes.data(), bytes.size()});
}

Result<> install_segment(io::Files& files, const io::Path& folder, const std::string& temporary, io::File& file,
                         const SegmentHeader& header) {
    if (auto synced = file.sync_all(); !synced) return synced;
    if (auto renamed = files.rename(folder / temporary, folder / segment_name(header.begin.next)); !renamed) {
        return renamed;
    }
    return files.sync_directory(folder);
}

Result<std::shared_ptr<Segment>> seal_segment(io::Files& files, const io::Path& folder, const Segment& segment,
                                              io::File& file, const Head& end, std::uint64_t commits,
                                              std::uint64_t epoch) {
    const std::uint64_t frames_end = segment.frames_end();
    const auto first = segment.frame_at(segment_header_bytes);
    SegmentFooter footer{.frames_end = frames_end,
                         .end = end,
                         .commits = commits,
                         .epoch = epoch,
                         .first_time = first ? first->block.time : end.time,
                         .sections = {}};
    const std::string bytes =
        footer.encode(segment.header().salt, {{offsets_section, offsets_bytes(segment.offsets())}});
    if (auto cut = file.truncate(frames_end); !cut) return cut.error();
    if (auto written = file.write(frames_end, std::string_view(bytes)); !written) return written.error();
    if (auto synced = file.sync_all(); !synced) return synced.error();
    if (auto set = files.set_read_only(folder / segment.name()); !set) return set.error();
    return segment.sealed_as(footer);
}

}  // namespace varve::log
