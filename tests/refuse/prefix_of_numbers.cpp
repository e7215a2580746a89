// varve: for_each_prefix and page_prefix are for a Table whose key is a text, a std::string
#include <cstdint>
#include <string>

#include "varve/table.hpp"

struct Balance {
#if defined(REPAIRED)
    std::string account;
#else
    std::int64_t account = 0;
#endif
    std::int64_t cents = 0;
};

std::int64_t sum(const varve::Table<Balance>& balances) {
    std::int64_t cents = 0;
    balances.for_each_prefix({}, [&](const Balance& row) { cents += row.cents; });
    return cents;
}
