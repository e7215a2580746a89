#include "upkeep/annotate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/commit_walk.hpp"
#include "log/record.hpp"
#include "log/segment_header.hpp"

namespace varve::upkeep {
namespace {

constexpr std::size_t shown_bytes = 16;
constexpr std::size_t shown_text = 60;
constexpr std::size_t record_texts = 52;

bool printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

std::string_view removed_words(std::uint16_t flags) {
    if (flags == log::commit_partial) return "(some of its events were removed by a compaction)";
    return flags == log::commit_removed ? "(its events were removed by a compaction)" : "";
}

}  // namespace

std::string hex_of(std::string_view bytes) {
    std::string hex;
    for (const char byte : bytes.substr(0, shown_bytes))
        hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", static_cast<unsigned char>(byte));
    if (bytes.size() > shown_bytes) hex += " ...";
    return hex;
}

std::string text_of(std::string_view bytes) {
    if (!printable(bytes)) return fmt::format("{} bytes", bytes.size());
    if (bytes.size() <= shown_text) return std::string(bytes);
    return fmt::format("{}... ({} bytes)", bytes.substr(0, shown_text), bytes.size());
}

void Annotator::begin(std::string part, std::uint64_t offset, std::string_view bytes) {
    part_ = std::move(part);
    offset_ = offset;
    bytes_ = bytes;
}

ExplainedBytes& Annotator::field(std::size_t at, std::size_t bytes, std::string name, std::string meaning) {
    into_.fields.push_back({.part = part_,
                            .offset = offset_ + at,
                            .bytes = bytes,
                            .hex = hex_of(bytes_.substr(at, bytes)),
                            .field = std::move(name),
                            .meaning = std::move(meaning)});
    return into_.fields.back();
}

void Annotator::time(std::size_t at, std::string name) {
    const Timestamp time(std::chrono::microseconds(log::load<std::int64_t>(bytes_.data() + at)));
    field(at, 8, std::move(name), to_string(time));
}

void Annotator::text(std::size_t at, std::size_t bytes, std::string name) {
    field(at, bytes, std::move(name), text_of(bytes_.substr(at, bytes)));
}

void Annotator::wrong(std::string why) {
    into_.fields.back().wrong = true;
    into_.wrong.push_back(fmt::format("offset {}: {}", into_.fields.back().offset, std::move(why)));
}

void annotate_segment_header(Annotator& annotator) {
    const std::string_view bytes = annotator.bytes();
    const auto header = log::SegmentHeader::parse(bytes);
    annotator.text(0, 7, "magic");
    annotator.number<std::uint32_t>(8, "format number");
    annotator.number<std::uint32_t>(12, "size of the header");
    log::StoreId id{};
    std::copy_n(bytes.data() + 16, id.size(), id.begin());
    annotator.field(16, 16, "the store's UUID", log::to_string(id));
    annotator.number<std::uint64_t>(32, "number of the segment");
    annotator.number<std::uint64_t>(40, "position of its first event");
    annotator.number<std::uint64_t>(48, "sequence of its first block");
    annotator.number<std::uint64_t>(56, "epoch");
    annotator.field(64, 8, "salt", "random; in the checksums of all its frames");
    annotator.number<std::uint64_t>(72, "capacity", "bytes");
    annotator.number<std::uint64_t>(80, "end of the segment before");
    annotator.field(88, 16, "chain of the block before", to_hex(log::load_hash(bytes.data() + 88)));
    annotator.time(104, "time of the block before");
    annotator.number<std::uint64_t>(112, "commits before");
    annotator.time(120, "time of creation");
    if (header && header->rewritten()) annotator.number<std::uint64_t>(128, "end of its frames when first written");
    if (header && header->packed()) annotator.number<std::uint32_t>(136, "bytes of a page", "before it was compressed");
    annotator.field(log::segment_header_bytes - 4, 4, "checksum", "CRC of all before it");
    if (!header) annotator.wrong(header.error().message);
}

void annotate_frame_header(Annotator& annotator, log::FrameForm form) {
    const std::string_view bytes = annotator.bytes();
    annotator.number<std::uint32_t>(0, "length", "bytes, the whole frame");
    annotator.field(4, 4, "header checksum", "CRC over salt, offset and header");
    if (form == log::FrameForm::rewritten) {
        annotator.field(8, 8, "hash of the payload that is there", "XXH3-64");
    } else {
        annotator.number<std::uint64_t>(8, "durable sequence");
    }
    annotator.number<std::uint32_t>(16, "events");
    annotator.number<std::uint32_t>(20, "commits");
    annotator.number<std::uint32_t>(24, "flags");
    annotator.number<std::uint32_t>(28, "reserved");
    annotator.number<std::uint64_t>(32, "sequence of the block");
    annotator.number<std::uint64_t>(40, "epoch");
    annotator.number<std::uint64_t>(48, "position of its first event");
    annotator.time(56, "time");
    annotator.field(64, 16, "previous chain", to_hex(log::load_hash(bytes.data() + 64)));
    annotator.field(80, 16, "hash of the payload",
                    form == log::FrameForm::rewritten ? "XXH3-128, of what was appended" : "XXH3-128");
}

void annotate_commit(Annotator& annotator) {
    annotator.number<std::uint32_t>(0, "length", "bytes, the whole commit");
    annotator.number<std::uint32_t>(4, "events");
    annotator.number<std::uint16_t>(8, "flags", removed_words(log::load<std::uint16_t>(annotator.bytes().data() + 8)));
    const auto extension = annotator.number<std::uint16_t>(10, "length of the extension", "bytes");
    annotator.number<std::uint32_t>(12, "reserved");
    if (extension > 0 && extension <= annotator.bytes().size() - 16)
        annotator.field(16, extension, "extension", std::to_string(extension) + " bytes");
}

void annotate_record(Annotator& annotator, Position position) {
    const std::string_view bytes = annotator.bytes();
    Event event;
    annotator.field(0, 4, "checksum", "XXH3-64 of the content, with position, revision and frame offset");
    if (const auto decoded = log::decode(bytes, position, event); !decoded) {
        annotator.wrong(decoded.error().message + fmt::format(" (event {})", position.value));
    }
    annotator.number<std::uint32_t>(4, "frame offset", "bytes back to the frame's first");
    annotator.number<std::uint64_t>(8, "revision");
    const auto length = annotator.number<std::uint32_t>(16, "length", "bytes, the whole record");
    const auto stream = annotator.number<std::uint16_t>(20, "bytes of the stream's name");
    const auto type = annotator.number<std::uint16_t>(22, "bytes of the type's name");
    EventId id;
    std::copy_n(bytes.data() + 24, id.bytes.size(), id.bytes.begin());
    annotator.field(24, 16, "the event's id", id.to_string());
    const auto metadata = annotator.number<std::uint32_t>(40, "bytes of metadata");
    const auto data = annotator.number<std::uint32_t>(44, "bytes of data");
    const auto tags = annotator.number<std::uint16_t>(48, "bytes of tags");
    const auto content = annotator.number<std::uint8_t>(50, "content type");
    annotator.number<std::uint8_t>(
        51, "flags", log::is_hollow(bytes) ? "(hollow: all but its place was removed by a compaction)" : "");
    // Lengths of a damaged record may lead anywhere: only what lies in it is shown.
    const std::size_t end = std::min<std::size_t>(length, bytes.size());
    std::size_t at = record_texts;
    const auto part = [&](std::size_t wanted, std::string name) {
        const std::size_t there = std::min(wanted, end > at ? end - at : 0);
        if (there > 0) annotator.text(at, there, std::move(name));
        at += there;
    };
    part(stream, "stream");
    part(type, "type");
    if (content == 2 && at < end) part(1U + static_cast<unsigned char>(bytes[at]), "content type, spelled out");
    part(tags, "tags");
    part(metadata, "metadata");
    part(data, "data");
    if (at < end && end - at < 8) annotator.field(at, end - at, "padding", "zeros");
}

}  // namespace varve::upkeep
