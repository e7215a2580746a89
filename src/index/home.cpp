#include "index/home.hpp"

#include <utility>

namespace varve::index {
namespace {

class RocksdbHome final : public Home {
public:
    explicit RocksdbHome(std::string folder) : folder_(std::move(folder)) {}

    Result<std::unique_ptr<Index>> open(bool read_only) override {
        return open_rocksdb_index({.folder = folder_, .read_only = read_only});
    }
    Result<> destroy() override { return destroy_rocksdb_index(folder_); }

private:
    const std::string folder_;
};

}  // namespace

std::shared_ptr<Home> rocksdb_home(std::string folder) {
    return std::make_shared<RocksdbHome>(std::move(folder));
}

}  // namespace varve::index
