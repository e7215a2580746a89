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
    Result<> term_positions_from(const Term& term, Position from, Position end, std::uint64_t count,
                                 std::vector<Position>& into) const;
    Result<> term_positions_until(const Term& term, Position until, std::uint64_t count,
                                  std::vector<Position>& into) const;
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                          std::size_t limit) const;

private:
    struct StreamChunk {
        std::uint64_t chunk;
        Position first;  ///< that it holds
    };
    /// The stream's next chunk that there is.
    [[nodiscard]] Result<std::optional<StreamChunk>> chunk_after(std::string_view name, std::uint64_t chunk) const;
    [[nodiscard]] Error malformed(std::string_view what) const;
    /// Over all rows in order.
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterator() const;
    /// Over the rows of one name part: files that hold none of it are not looked into.
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterator_of_name(const rocksdb::Slice* end = nullptr) const;

    rocksdb::DB& db_;
    const std::string folder_;
};

}  // namespace varve::index
