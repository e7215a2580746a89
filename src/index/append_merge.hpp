/// RocksDB's merge operator for rows that only grow: operands are put one behind the other.
#pragma once

#include <memory>

namespace rocksdb {
class MergeOperator;
}

namespace varve::index {

[[nodiscard]] std::shared_ptr<rocksdb::MergeOperator> append_merge();

}  // namespace varve::index
