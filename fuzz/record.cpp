// Records of a block's payload: any bytes may be walked and decoded, with checksums that fit as well as not.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "log/record.hpp"

namespace {

using varve::Event;
using varve::Position;

/// Touches every byte that the views claim, so that the address sanitizer sees a view that is too long.
std::size_t touch(const Event& event) {
    std::size_t sum = 0;
    for (const std::string_view text : {event.stream, event.type, event.content_type, event.metadata, event.data}) {
        for (const char c : text) sum += static_cast<unsigned char>(c);
    }
    for (const std::string_view tag : event.tags) sum += tag.size();
    return sum;
}

/// Gives the bytes a length and a checksum that fit, so that what lies behind the checksum is reached.
void seal(std::string& record, Position position) {
    const auto bytes = static_cast<std::uint32_t>(record.size());
    std::memcpy(record.data() + 16, &bytes, sizeof bytes);
    const auto content = static_cast<std::uint32_t>(varve::xxh3_64(std::string_view(record).substr(16)));
    std::memcpy(record.data(), &content, sizeof content);
    varve::log::stamp(record.data(), position, varve::Revision{3}, 96);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Event event;
    if (varve::log::decode(bytes, Position{7}, event)) touch(event);

    if (!bytes.empty()) {
        std::vector<std::uint32_t> offsets;
        const std::uint32_t events = data[0];
        std::vector<varve::log::BlockCommit> commits;
        if (varve::log::record_offsets(bytes.substr(1), events, offsets, commits)) {
            if (offsets.size() != events) std::abort();
            for (const varve::log::BlockCommit& commit : commits) {
                if (commit.first + commit.events > events) std::abort();
            }
        }
    }

    std::string record(bytes);
    record.resize((record.size() + 7) / 8 * 8);
    if (record.size() < 56) return 0;
    seal(record, Position{7});
    if (varve::log::decode(record, Position{7}, event)) touch(event);
    if (varve::log::decode(record, Position{8}, event)) std::abort();
    return 0;
}
