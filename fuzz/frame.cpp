// Frames: one that was written is recognised; with any byte of it changed, or at another offset, it is not.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "log/block.hpp"
#include "log/frame.hpp"

namespace {

using varve::log::FrameCodec;

bool sound(const FrameCodec& codec, std::string_view bytes, std::uint64_t offset) {
    const auto header = codec.parse(bytes, offset);
    return header && header->bytes <= bytes.size() && codec.payload_fits(*header, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint64_t salt = 0x5eed;
    constexpr std::uint64_t offset = 4096;
    const FrameCodec codec(salt);
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (sound(codec, bytes, offset)) std::abort();  // nobody guesses the salt
    if (size < 4) return 0;

    std::string payload(bytes.substr(4));
    payload.resize((payload.size() + 7) / 8 * 8);
    const auto block = varve::log::make_block({}, 1, varve::Timestamp{}, 1, 1, payload);
    const auto header = codec.header(block, 0, offset);
    const auto trailer = codec.trailer(block);
    std::string frame(header.begin(), header.end());
    frame += payload;
    frame.append(trailer.begin(), trailer.end());
    if (!sound(codec, frame, offset) || sound(codec, frame, offset + 8)) std::abort();

    const std::size_t place =
        (std::size_t{data[0]} | std::size_t{data[1]} << 8 | std::size_t{data[2]} << 16) % frame.size();
    const auto change = static_cast<char>(data[3] == 0 ? 1 : data[3]);
    frame[place] = static_cast<char>(frame[place] ^ change);
    if (sound(codec, frame, offset)) std::abort();
    return 0;
}
