#include "net/budget.hpp"

#include <algorithm>

namespace varve::net {

bool Budget::take(std::size_t bytes) {
    if (bytes > 0 && beyond(bytes, limits_.connection_bytes, limits_.all_bytes / 2)) return false;
    hold(bytes);
    return true;
}

void Budget::hold(std::size_t bytes) {
    held_ += bytes;
    tally_.buffered_bytes += bytes;
}

void Budget::give_back(std::size_t bytes) {
    held_ -= bytes;
    tally_.buffered_bytes -= bytes;
}

bool Budget::tight() const {
    return held_ > 0 && beyond(0, limits_.connection_bytes / 2, limits_.all_bytes / 4);
}

bool Budget::beyond(std::size_t more, std::size_t mine, std::size_t of_all) const {
    if (held_ + more > mine) return true;
    if (tally_.buffered_bytes + more <= of_all) return false;
    return held_ + more > of_all / std::max<std::size_t>(tally_.connections, 1);
}

}  // namespace varve::net
