#include "varve/partition.hpp"

#include "base/hash.hpp"
#include "varve/detail/partition_type.hpp"

namespace varve {

/// Rows in files were shared out by it: never change.
unsigned Partition::place_of(std::string_view key, unsigned of) {
    return static_cast<unsigned>(xxh3_64(key) % of);
}

std::string_view detail::key_of_stream(std::string_view stream) {
    const auto hyphen = stream.find('-');
    return hyphen == std::string_view::npos ? stream : stream.substr(hyphen + 1);
}

}  // namespace varve
