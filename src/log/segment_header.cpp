#include "log/segment_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "log/little_endian.hpp"
#include "varve/types.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change.
constexpr std::uint64_t magic = 0x0A474553'45565256;  // "VRVESEG\n"
constexpr std::size_t at_magic = 0;
constexpr std::size_t at_format = 8;
constexpr std::size_t at_header_bytes = 12;
constexpr std::size_t at_store = 16;
constexpr std::size_t at_number = 32;
constexpr std::size_t at_first = 40;
constexpr std::size_t at_sequence = 48;
constexpr std::size_t at_epoch = 56;
constexpr std::size_t at_salt = 64;
constexpr std::size_t at_capacity = 72;
constexpr std::size_t at_previous_end = 80;
constexpr std::size_t at_previous_chain = 88;
constexpr std::size_t at_previous_time = 104;
constexpr std::size_t at_commits_before = 112;
constexpr std::size_t at_created = 120;
constexpr std::size_t at_written_end = 128;
constexpr std::size_t at_page_bytes = 136;
constexpr std::size_t at_checksum = segment_header_bytes - 4;

constexpr std::string_view name_prefix = "seg-";
constexpr std::string_view name_suffix = ".log";
constexpr std::size_t name_digits = 20;

Timestamp load_time(const char* at) {
    return Timestamp(std::chrono::microseconds(load<std::int64_t>(at)));
}
void store_time(char* at, Timestamp time) {
    store(at, std::int64_t{time.time_since_epoch().count()});
}

std::uint32_t format_of(const SegmentHeader& header) {
    return header.packed() ? packed_format_number : header.rewritten() ? rewritten_format_number : format_number;
}

bool sensible_pages(const SegmentHeader& header) {
    return !header.packed() || (header.rewritten() && std::has_single_bit(header.page_bytes) &&
                                header.page_bytes >= page_bytes_min && header.page_bytes <= page_bytes_max);
}

}  // namespace

std::string to_string(const StoreId& id) {
    return EventId{id}.to_string();
}

SegmentHeader::Bytes SegmentHeader::encode() const {
    Bytes bytes{};
    char* at = bytes.data();
    log::store(at + at_magic, magic);
    log::store(at + at_format, format_of(*this));
    log::store(at + at_header_bytes, static_cast<std::uint32_t>(segment_header_bytes));
    std::ranges::copy(store, at + at_store);
    log::store(at + at_number, number);
    log::store(at + at_first, begin.next.value);
    log::store(at + at_sequence, begin.sequence);
    log::store(at + at_epoch, epoch);
    log::store(at + at_salt, salt);
    log::store(at + at_capacity, capacity);
    log::store(at + at_previous_end, previous_end);
    store_hash(at + at_previous_chain, begin.chain);
    store_time(at + at_previous_time, begin.time);
    log::store(at + at_commits_before, commits_before);
    store_time(at + at_created, created);
    log::store(at + at_written_end, written_end);
    log::store(at + at_page_bytes, page_bytes);
    log::store(at + at_checksum, crc32c({at, at_checksum}));
    return bytes;
}

Result<SegmentHeader> SegmentHeader::parse(std::string_view bytes) {
    const auto wrong = [](std::string_view what) {
        return Error{.code = Code::data_loss, .message = std::string(what)};
    };
    if (bytes.size() < segment_header_bytes) return wrong("the file is too short for a segment header");
    const char* at = bytes.data();
    if (load<std::uint64_t>(at + at_magic) != magic) return wrong("the segment header does not begin as one");
    if (load<std::uint32_t>(at + at_checksum) != crc32c({at, at_checksum})) {
        return wrong("the segment header's checksum does not fit its bytes");
    }
    const auto format = load<std::uint32_t>(at + at_format);
    if (format > packed_format_number) return newer_format(format, packed_format_number);
    SegmentHeader header;
    std::copy_n(at + at_store, header.store.size(), header.store.begin());
    header.number = load<std::uint64_t>(at + at_number);
    header.begin.next = Position{load<std::uint64_t>(at + at_first)};
    header.begin.sequence = load<std::uint64_t>(at + at_sequence);
    header.epoch = load<std::uint64_t>(at + at_epoch);
    header.salt = load<std::uint64_t>(at + at_salt);
    header.capacity = load<std::uint64_t>(at + at_capacity);
    header.previous_end = load<std::uint64_t>(at + at_previous_end);
    header.begin.chain = load_hash(at + at_previous_chain);
    header.begin.time = load_time(at + at_previous_time);
    header.commits_before = load<std::uint64_t>(at + at_commits_before);
    header.created = load_time(at + at_created);
    header.written_end = load<std::uint64_t>(at + at_written_end);
    header.page_bytes = load<std::uint32_t>(at + at_page_bytes);
    if (format != format_of(header) || !sensible_pages(header) ||
        load<std::uint32_t>(at + at_header_bytes) != segment_header_bytes ||
        header.capacity > segment_file_bytes_max / 2) {
        return wrong("the segment header has impossible values");
    }
    return header;
}

std::string segment_name(Position first) {
    return fmt::format("{}{:020}{}", name_prefix, first.value, name_suffix);
}

bool is_segment_name(std::string_view name) {
    return name.size() == name_prefix.size() + name_digits + name_suffix.size() && name.starts_with(name_prefix) &&
           name.ends_with(name_suffix) && std::ranges::all_of(name.substr(name_prefix.size(), name_digits), [](char c) {
               return c >= '0' && c <= '9';
           });
}

Error newer_format(std::uint32_t number, std::uint32_t known) {
    return {.code = Code::failed_precondition,
            .message = fmt::format("the files are of format {}, this Varve knows formats up to {}: open them with a "
                                   "newer version",
                                   number, known)};
}

}  // namespace varve::log
