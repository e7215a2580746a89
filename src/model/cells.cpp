#include "varve/detail/cells.hpp"

namespace varve::detail {

RowStore::~RowStore() = default;

void refuse_cell(std::string_view what) {
    throw Failure(Error{.code = Code::failed_precondition, .message = std::string(what)});
}

}  // namespace varve::detail
