#include "log/frame.hpp"

#include <algorithm>

#include "log/little_endian.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change.
constexpr std::uint32_t end_magic = 0x76F0E11D;
constexpr std::size_t at_bytes = 0;
constexpr std::size_t at_checksum = 4;
constexpr std::size_t at_durable_sequence = 8;  // of a rewritten frame: the hash of the payload that is there
constexpr std::size_t at_logical = 16;
// Offsets within the logical fields.
constexpr std::size_t at_events = 0;
constexpr std::size_t at_commits = 4;
constexpr std::size_t at_flags = 8;
constexpr std::size_t at_reserved = 12;
constexpr std::size_t at_sequence = 16;
constexpr std::size_t at_epoch = 24;
constexpr std::size_t at_first = 32;
constexpr std::size_t at_time = 40;
constexpr std::size_t at_previous_chain = 48;
constexpr std::size_t at_payload_hash = 64;

static_assert(at_logical + sizeof(LogicalFields) == frame_header_bytes);

bool sensible_length(std::uint32_t bytes) {
    return bytes >= frame_header_bytes + frame_trailer_bytes && bytes <= frame_bytes_max && bytes % 8 == 0;
}

}  // namespace

LogicalFields logical_fields(const Block& block) {
    LogicalFields fields{};
    char* at = fields.data();
    store(at + at_events, block.events);
    store(at + at_commits, block.commits);
    store(at + at_sequence, block.sequence);
    store(at + at_epoch, block.epoch);
    store(at + at_first, block.first.value);
    store(at + at_time, std::int64_t{block.time.time_since_epoch().count()});
    store_hash(at + at_previous_chain, block.previous_chain);
    store_hash(at + at_payload_hash, block.payload_hash);
    return fields;
}

std::uint32_t FrameCodec::checksum(const char* header, std::uint64_t file_offset) const {
    char place[16];
    store(place, salt_);
    store(place + 8, file_offset);
    std::uint32_t sum = crc32c({place, sizeof place});
    sum = crc32c({header, at_checksum}, sum);
    return crc32c({header + at_durable_sequence, frame_header_bytes - at_durable_sequence}, sum);
}

FrameCodec::HeaderBytes FrameCodec::header(const Block& block, std::uint64_t durable_sequence,
                                           std::uint64_t file_offset) const {
    HeaderBytes bytes;
    store(bytes.data() + at_bytes, static_cast<std::uint32_t>(frame_bytes(block.payload.size())));
    store(bytes.data() + at_durable_sequence,
          form_ == FrameForm::rewritten ? xxh3_64(block.payload) : durable_sequence);
    const LogicalFields fields = logical_fields(block);
    std::copy(fields.begin(), fields.end(), bytes.data() + at_logical);
    store(bytes.data() + at_checksum, checksum(bytes.data(), file_offset));
    return bytes;
}

FrameCodec::TrailerBytes FrameCodec::trailer(const Block& block) const {
    TrailerBytes bytes;
    store(bytes.data(), static_cast<std::uint32_t>(frame_bytes(block.payload.size())));
    store(bytes.data() + 4, end_magic ^ static_cast<std::uint32_t>(salt_));
    return bytes;
}

bool FrameCodec::plausible(std::string_view bytes) {
    return bytes.size() >= frame_header_bytes && sensible_length(load<std::uint32_t>(bytes.data() + at_bytes));
}

std::optional<FrameHeader> FrameCodec::parse(std::string_view bytes, std::uint64_t file_offset) const {
    if (!plausible(bytes)) return {};
    const char* at = bytes.data();
    if (load<std::uint32_t>(at + at_checksum) != checksum(at, file_offset)) return {};
    FrameHeader header;
    header.bytes = load<std::uint32_t>(at + at_bytes);
    (form_ == FrameForm::rewritten ? header.stored_hash : header.durable_sequence) =
        load<std::uint64_t>(at + at_durable_sequence);
    const char* fields = at + at_logical;
    if (load<std::uint32_t>(fields + at_flags) != 0 || load<std::uint32_t>(fields + at_reserved) != 0) return {};
    Block& block = header.block;
    block.events = load<std::uint32_t>(fields + at_events);
    block.commits = load<std::uint32_t>(fields + at_commits);
    block.sequence = load<std::uint64_t>(fields + at_sequence);
    block.epoch = load<std::uint64_t>(fields + at_epoch);
    block.first = Position{load<std::uint64_t>(fields + at_first)};
    block.time = Timestamp(std::chrono::microseconds(load<std::int64_t>(fields + at_time)));
    block.previous_chain = load_hash(fields + at_previous_chain);
    block.payload_hash = load_hash(fields + at_payload_hash);
    return header;
}

bool FrameCodec::payload_fits(const FrameHeader& header, std::string_view frame) const {
    if (frame.size() < header.bytes) return false;
    const char* trailer = frame.data() + header.bytes - frame_trailer_bytes;
    if (load<std::uint32_t>(trailer) != header.bytes ||
        load<std::uint32_t>(trailer + 4) != (end_magic ^ static_cast<std::uint32_t>(salt_))) {
        return false;
    }
    return hash_fits(header, frame.substr(frame_header_bytes, header.payload_bytes()));
}

bool FrameCodec::hash_fits(const FrameHeader& header, std::string_view payload) const {
    return form_ == FrameForm::rewritten ? xxh3_64(payload) == header.stored_hash
                                         : xxh3_128(payload) == header.block.payload_hash;
}

bool FrameCodec::payload_complete(const FrameHeader& header, std::string_view payload) const {
    return form_ == FrameForm::written || xxh3_128(payload) == header.block.payload_hash;
}

}  // namespace varve::log
