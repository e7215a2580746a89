#include "subjects/record.hpp"

#include <bit>
#include <cstring>

namespace varve::bench {
namespace {

struct Header {
    std::uint32_t data;
    std::uint16_t stream, type, metadata, unused;
    std::array<std::uint8_t, 16> id;
};

}  // namespace

std::size_t append_record(const Sample& event, std::string& into) {
    const std::size_t before = into.size();
    const Header header{static_cast<std::uint32_t>(event.data.size()),
                        static_cast<std::uint16_t>(event.stream.size()),
                        static_cast<std::uint16_t>(event.type.size()),
                        static_cast<std::uint16_t>(event.metadata.size()),
                        0,
                        event.id.bytes};
    into.append(reinterpret_cast<const char*>(&header), sizeof header);
    into.append(event.stream).append(event.type).append(event.data).append(event.metadata);
    return into.size() - before;
}

Decoded decode_record(std::string_view bytes) {
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    std::size_t at = sizeof header;
    const auto take = [&](std::size_t size) {
        const std::string_view part(bytes.data() + at, size);
        at += size;
        return part;
    };
    Decoded decoded{};
    decoded.seen.stream = take(header.stream);
    decoded.seen.type = take(header.type);
    decoded.seen.data = take(header.data);
    decoded.seen.metadata = take(header.metadata);
    decoded.bytes = at;
    return decoded;
}

void append_sorted(std::uint64_t number, std::string& into) {
    if constexpr (std::endian::native == std::endian::little) number = __builtin_bswap64(number);
    into.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::uint64_t read_sorted(std::string_view bytes) {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
}

void make_stream_key(std::string_view stream, std::uint64_t revision, std::string& into) {
    into.assign(stream).push_back('\0');
    append_sorted(revision, into);
}

}  // namespace varve::bench
