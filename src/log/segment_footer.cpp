#include "log/segment_footer.hpp"

#include <algorithm>

#include "log/little_endian.hpp"
#include "log/segment_header.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change.
constexpr std::uint64_t magic = 0x0A52'5446'45565256;      // "VRVEFTR\n"
constexpr std::uint64_t end_magic = 0x0A44'4E45'45565256;  // "VRVEEND\n"
constexpr std::size_t at_magic = 0;
constexpr std::size_t at_sections = 8;
constexpr std::size_t at_checksum = 12;
constexpr std::size_t at_frames_end = 16;
constexpr std::size_t at_next = 24;
constexpr std::size_t at_sequence = 32;
constexpr std::size_t at_commits = 40;
constexpr std::size_t at_epoch = 48;
constexpr std::size_t at_first_time = 56;
constexpr std::size_t at_last_time = 64;
constexpr std::size_t at_chain = 72;
constexpr std::size_t at_pages_end = 88;
constexpr std::size_t at_file_bytes = 112;
constexpr std::size_t at_end_magic = 120;

std::uint32_t checksum(std::string_view directory_and_tail, std::uint64_t salt) {
    char seed[8];
    store(seed, salt);
    const std::size_t split = directory_and_tail.size() - footer_tail_bytes + at_checksum;
    std::uint32_t sum = crc32c({seed, sizeof seed});
    sum = crc32c(directory_and_tail.substr(0, split), sum);
    return crc32c(directory_and_tail.substr(split + 4), sum);
}

Timestamp load_time(const char* at) {
    return Timestamp(std::chrono::microseconds(load<std::int64_t>(at)));
}

/// Sections must tile the space between the frames and the directory: no byte of a footer is without a checksum.
bool tiled(const SegmentFooter& footer, std::uint64_t directory_at) {
    std::uint64_t at = footer.sections_begin();
    for (const FooterSection& section : footer.sections) {
        if (section.offset != at || section.bytes % 8 != 0 || section.bytes > directory_at - at) return false;
        at += section.bytes;
    }
    return at == directory_at;
}

}  // namespace

const FooterSection* SegmentFooter::section(std::uint32_t type) const {
    const auto found = std::ranges::find(sections, type, &FooterSection::type);
    return found == sections.end() ? nullptr : &*found;
}

std::string offsets_bytes(const std::vector<std::uint32_t>& offsets) {
    std::string bytes((4 * offsets.size() + 7) / 8 * 8, '\0');
    for (std::size_t i = 0; i < offsets.size(); ++i) store(bytes.data() + 4 * i, offsets[i]);
    return bytes;
}

std::string SegmentFooter::encode(std::uint64_t salt, const std::vector<Content>& contents) {
    std::string bytes;
    sections.clear();
    for (const auto& [type, content] : contents) {
        sections.push_back({.type = type,
                            .checksum = crc32c(content),
                            .offset = sections_begin() + bytes.size(),
                            .bytes = content.size()});
        bytes += content;
    }
    const std::size_t directory_at = bytes.size();
    const std::size_t tail_at = directory_at + sections.size() * footer_section_entry_bytes;
    bytes.resize(tail_at + footer_tail_bytes);
    file_bytes = sections_begin() + bytes.size();
    char* entry = bytes.data() + directory_at;
    for (const FooterSection& section : sections) {
        store(entry, section.type);
        store(entry + 4, section.checksum);
        store(entry + 8, section.offset);
        store(entry + 16, section.bytes);
        entry += footer_section_entry_bytes;
    }

    char* tail = bytes.data() + tail_at;
    store(tail + at_magic, magic);
    store(tail + at_sections, static_cast<std::uint32_t>(sections.size()));
    store(tail + at_frames_end, frames_end);
    store(tail + at_next, end.next.value);
    store(tail + at_sequence, end.sequence);
    store(tail + at_commits, commits);
    store(tail + at_epoch, epoch);
    store(tail + at_first_time, std::int64_t{first_time.time_since_epoch().count()});
    store(tail + at_last_time, std::int64_t{end.time.time_since_epoch().count()});
    store_hash(tail + at_chain, end.chain);
    store(tail + at_pages_end, pages_end);
    store(tail + at_file_bytes, file_bytes);
    store(tail + at_end_magic, end_magic);
    store(tail + at_checksum, checksum(std::string_view(bytes).substr(directory_at), salt));
    return bytes;
}

std::optional<std::uint64_t> SegmentFooter::bytes_of(std::string_view tail) {
    if (tail.size() != footer_tail_bytes || load<std::uint64_t>(tail.data() + at_magic) != magic ||
        load<std::uint64_t>(tail.data() + at_end_magic) != end_magic) {
        return {};
    }
    const auto sections = load<std::uint32_t>(tail.data() + at_sections);
    if (sections > footer_sections_max) return {};
    return sections * footer_section_entry_bytes + footer_tail_bytes;
}

std::optional<SegmentFooter> SegmentFooter::parse(std::string_view bytes, std::uint64_t salt,
                                                  std::uint64_t file_bytes) {
    if (bytes.size() < footer_tail_bytes || file_bytes < segment_header_bytes + bytes.size()) return {};
    const char* tail = bytes.data() + bytes.size() - footer_tail_bytes;
    if (bytes_of({tail, footer_tail_bytes}) != bytes.size() ||
        load<std::uint32_t>(tail + at_checksum) != checksum(bytes, salt)) {
        return {};
    }
    SegmentFooter footer;
    footer.frames_end = load<std::uint64_t>(tail + at_frames_end);
    footer.end = {.sequence = load<std::uint64_t>(tail + at_sequence),
                  .next = Position{load<std::uint64_t>(tail + at_next)},
                  .time = load_time(tail + at_last_time),
                  .chain = load_hash(tail + at_chain)};
    footer.commits = load<std::uint64_t>(tail + at_commits);
    footer.epoch = load<std::uint64_t>(tail + at_epoch);
    footer.first_time = load_time(tail + at_first_time);
    footer.pages_end = load<std::uint64_t>(tail + at_pages_end);
    footer.file_bytes = load<std::uint64_t>(tail + at_file_bytes);
    for (const char* entry = bytes.data(); entry != tail; entry += footer_section_entry_bytes) {
        footer.sections.push_back({.type = load<std::uint32_t>(entry),
                                   .checksum = load<std::uint32_t>(entry + 4),
                                   .offset = load<std::uint64_t>(entry + 8),
                                   .bytes = load<std::uint64_t>(entry + 16)});
    }
    const std::uint64_t directory_at = file_bytes - bytes.size();
    if (footer.file_bytes != file_bytes || footer.frames_end < segment_header_bytes ||
        footer.frames_end > segment_file_bytes_max || footer.sections_begin() < segment_header_bytes ||
        footer.sections_begin() > directory_at || !tiled(footer, directory_at)) {
        return {};
    }
    return footer;
}

}  // namespace varve::log
