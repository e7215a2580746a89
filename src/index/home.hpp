/// Where a store's index lives, so that the engine need not know of what it is made.
#pragma once

#include <memory>
#include <string>

#include "index/index.hpp"
#include "varve/result.hpp"

namespace varve::index {

/// Safe from any thread. The indexes it opens may outlive it.
class Home {
public:
    Home() = default;
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
    virtual ~Home() = default;

    /// Opens the index as it is; for writing, one is made when there is none. Errors as those of open_rocksdb_index.
    virtual Result<std::unique_ptr<Index>> open(bool read_only) = 0;
    /// Deletes what is there. Nobody may have it open for writing.
    virtual Result<> destroy() = 0;
};

/// RocksDB in a folder of its own.
[[nodiscard]] std::shared_ptr<Home> rocksdb_home(std::string folder);

}  // namespace varve::index
