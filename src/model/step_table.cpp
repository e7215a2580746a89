#include "varve/detail/step_table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace varve::detail {

namespace {

/// Of the length and the first and last eight bytes: names of events differ in these, or else are compared.
std::size_t hash_of(std::string_view name) {
    std::uint64_t first = 0, last = 0;
    const std::size_t bytes = std::min<std::size_t>(name.size(), sizeof first);
    if (bytes == sizeof first) {
        std::memcpy(&first, name.data(), sizeof first);
        std::memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
    } else {
        for (const char c : name) first = first << 8 | static_cast<unsigned char>(c);
    }
    const std::uint64_t mixed = (first ^ std::rotl(last, 29) ^ name.size()) * 0x9e3779b97f4a7c15;
    return mixed >> 32;
}

}  // namespace

NameIndex::NameIndex(std::vector<std::string_view> names)
    : names_(std::move(names)), slots_(std::bit_ceil(2 * names_.size() + 1)) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        std::size_t slot = hash_of(names_[i]) & (slots_.size() - 1);
        while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
        slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

std::size_t NameIndex::find(std::string_view name) const {
    for (std::size_t slot = hash_of(name);; ++slot) {
        const std::uint32_t number = slots_[slot & (slots_.size() - 1)];
        if (number == 0) return none;
        if (names_[number - 1] == name) return number - 1;
    }
}

}  // namespace varve::detail
