/// Tells RocksDB which rows belong together, so that its filters answer "this file holds nothing of that tag".
#pragma once

#include <memory>

namespace rocksdb {
class SliceTransform;
}

namespace varve::index {

[[nodiscard]] std::shared_ptr<const rocksdb::SliceTransform> name_part();

}  // namespace varve::index
