/// Numbers as the file format writes them: little endian, at any alignment.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>

#include "base/hash.hpp"

namespace varve::log {

template <std::integral T>
[[nodiscard]] inline T load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    return value;
}

template <std::integral T>
inline void store(char* at, T value) {
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    std::memcpy(at, &value, sizeof value);
}

[[nodiscard]] inline Hash load_hash(const char* at) {
    Hash hash;
    std::memcpy(hash.bytes.data(), at, hash.bytes.size());
    return hash;
}

inline void store_hash(char* at, const Hash& hash) {
    std::memcpy(at, hash.bytes.data(), hash.bytes.size());
}

}  // namespace varve::log
