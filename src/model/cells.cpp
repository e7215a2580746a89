#include "varve/detail/cells.hpp"

#include <chrono>

namespace varve::detail {

std::optional<std::string> behind_prefix(std::string_view prefix) {
    constexpr char last = '\xff';
    const auto end = prefix.find_last_not_of(last);
    if (end == std::string_view::npos) return {};
    std::string behind(prefix.substr(0, end + 1));
    behind.back() = static_cast<char>(static_cast<unsigned char>(behind.back()) + 1);
    return behind;
}

RowStore::~RowStore() = default;

void refuse_cell(std::string_view what) {
    throw Failure(Error{.code = Code::failed_precondition, .message = std::string(what)});
}

std::string time_cell(Timestamp time) {
    static constexpr std::chrono::sys_days first = std::chrono::year(0) / 1 / 1;
    static constexpr std::chrono::sys_days beyond = std::chrono::year(10000) / 1 / 1;
    if (time < first || time >= beyond) refuse_cell("a time outside of the years 0 to 9999 does not fit a column");
    return to_string(time);
}

}  // namespace varve::detail
