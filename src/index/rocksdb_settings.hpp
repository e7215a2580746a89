/// RocksDB made small and quiet: how the index opens it, and its errors in our words.
#pragma once

#include <string_view>

#include "varve/result.hpp"

namespace rocksdb {
struct Options;
class Status;
}  // namespace rocksdb

namespace varve::index {

/// Memory is bounded: write buffers of 2 x 16 MiB, a block cache of 32 MiB that also holds filters.
[[nodiscard]] rocksdb::Options rocksdb_settings(bool read_only);

/// A failed call as an Error; `doing` completes "index in <folder>: cannot ...". Requires !status.ok().
[[nodiscard]] Error error_of(const rocksdb::Status& status, std::string_view folder, std::string_view doing);

}  // namespace varve::index
