#include "varve/detail/projection_type.hpp"

namespace varve::detail {

void mark_plain(std::vector<std::byte>& plain, const void* field, std::size_t bytes) {
    const auto* const from = static_cast<const std::byte*>(field);
    plain.insert(plain.end(), from, from + bytes);
}

}  // namespace varve::detail
