// varve: walk over a Table with for_each(f), or over a copy: all()
#include <cstdint>
#include <string>

#include "varve/table.hpp"

struct Balance {
    std::string account;
    std::int64_t cents = 0;
};

std::int64_t sum(const varve::Table<Balance>& balances) {
    std::int64_t cents = 0;
#if defined(REPAIRED)
    for (const Balance& row : balances.all()) cents += row.cents;
#else
    for (const Balance& row : balances) cents += row.cents;
#endif
    return cents;
}
