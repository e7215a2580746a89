/// Checksums and hashes, all from libraries: CRC32C (ISA-L), XXH3-64 and XXH3-128 (xxHash).
/// These values are part of the file format: never change what a function returns.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace varve {

/// 128 bits of XXH3 in the canonical (big-endian) byte order.
struct Hash {
    std::array<std::uint8_t, 16> bytes{};
    friend bool operator==(const Hash&, const Hash&) = default;
};

[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);
[[nodiscard]] std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed = 0);
[[nodiscard]] Hash xxh3_128(std::string_view bytes);

/// 32 lower-case hex digits.
[[nodiscard]] std::string to_hex(const Hash& hash);

}  // namespace varve
