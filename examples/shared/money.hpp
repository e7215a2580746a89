/// Amounts as people write them.
#pragma once

#include <cstdint>
#include <string>

namespace examples {

/// `-12.30`, of cents.
[[nodiscard]] std::string money(std::int64_t cents);

}  // namespace examples
