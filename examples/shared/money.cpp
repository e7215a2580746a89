#include "shared/money.hpp"

namespace examples {

std::string money(std::int64_t cents) {
    const std::int64_t size = cents < 0 ? -cents : cents;
    const std::string rest = std::to_string(size % 100);
    return (cents < 0 ? "-" : "") + std::to_string(size / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
}

}  // namespace examples
