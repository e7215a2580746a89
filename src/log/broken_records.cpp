#include "log/broken_records.hpp"

#include "log/record.hpp"

namespace varve::log {

Result<std::vector<BrokenRecord>> broken_records(FrameBytes bytes, const FrameCodec& codec, std::uint64_t offset) {
    std::vector<BrokenRecord> broken;
    const auto start = bytes.at(offset, frame_header_bytes);
    if (!start) return start.error();
    const auto header = codec.parse(*start, offset);
    if (!header) return broken;
    const auto frame = bytes.at(offset, header->bytes);
    if (!frame) return frame.error();
    std::vector<std::uint32_t> records;
    if (frame->size() < header->bytes) return broken;
    const std::string_view payload = frame->substr(frame_header_bytes, header->payload_bytes());
    if (!record_offsets(payload, header->block.events, records)) return broken;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i] == record_removed) continue;
        Event event;
        const std::string_view record = payload.substr(records[i]);
        if (decode(record, header->block.first + i, event)) continue;
        broken.push_back({header->block.first + i, std::string(stream_of_damaged(record))});
    }
    return broken;
}

}  // namespace varve::log
