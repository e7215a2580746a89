/// The reads of an index over what RocksDB holds; what still waits in memory is not its concern (index/pending.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/index.hpp"
#include "varve/engine.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace rocksdb {
class DB;
class Iterator;
class Slice;
}  // namespace rocksdb

namespace varve::index {

/// Any thread may read. A row that is not as index/rows.hpp says is `data_loss`.
class WrittenRows {
public:
    /// `db` must outlive this.
    WrittenRows(rocksdb::DB& db, std::string folder) : db_(db), folder_(std::move(folder)) {}

    /// As the watermark row says; a database without one must be empty.
    [[nodiscard]] Result<Watermark> watermark() const;
    [[nodiscard]] Result<std::optional<StreamInfo>> stream(std::string_view name) const;
    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const;
    /// Those below `end`.
    Result<> category_positions_from(std::string_view category, Position from, Position end, std::uint64_t count,
                                     std::vector<Position>& into) const;
    Result<> category_positions_until(std::string_view category, Position until, std::uint64_t count,
                                      std::vector<Position>& into) const;
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                          std::size_t limit) const;

private:
    [[nodiscard]] Error malformed(std::string_view what) const;
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterator(const rocksdb::Slice* end = nullptr) const;

    rocksdb::DB& db_;
    const std::string folder_;
};

}  // namespace varve::index
