#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "index/grouping.hpp"
#include "index/index.hpp"
#include "index/rocksdb_settings.hpp"
#include "index/rows.hpp"

namespace varve::index {
namespace {

class RocksdbIndex final : public Index {
public:
    RocksdbIndex(std::string folder, std::unique_ptr<rocksdb::DB> db)
        : folder_(std::move(folder)), db_(std::move(db)) {}

    /// Reads the watermark row; a database without one must be empty.
    Result<> load();

    Result<Watermark> watermark() const override;
    Result<> apply(std::span<const Entry> entries, const Watermark& watermark) override;
    Result<std::optional<StreamInfo>> stream(std::string_view name) const override;
    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const override;
    Result<> category_positions_from(std::string_view category, Position from, std::uint64_t count,
                                     std::vector<Position>& into) const override;
    Result<> category_positions_until(std::string_view category, Position until, std::uint64_t count,
                                      std::vector<Position>& into) const override;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) const override;
    Result<> flush() override;

private:
    Result<> malformed(std::string_view what) const {
        return Error{.code = Code::data_loss,
                     .message = "index in " + folder_ + ": " + std::string(what) +
                                " is malformed; it can be deleted and is then rebuilt from the log"};
    }
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterator(const rocksdb::Slice* end = nullptr) const;

    const std::string folder_;
    const std::unique_ptr<rocksdb::DB> db_;
    mutable std::shared_mutex mutex_;
    Watermark watermark_;  // guarded by mutex_
};

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

void add_streams(rocksdb::WriteBatch& batch, const Groups& groups) {
    std::string row;
    for (const Group& group : groups.all()) {
        for (std::uint64_t done = 0; done < group.positions.size();) {
            const std::uint64_t revision = group.first.value + done;
            const std::uint64_t room = revisions_per_chunk - revision % revisions_per_chunk;
            const std::uint64_t count = std::min<std::uint64_t>(room, group.positions.size() - done);
            row.clear();
            for (const Position position : group.positions.subspan(done, count)) put_u64(row, position.value);
            batch.Merge(stream_chunk_key(group.name, revision / revisions_per_chunk), row);
            done += count;
        }
    }
    for (const Group& group : groups.all()) {
        const Revision last = group.first + (group.positions.size() - 1);
        batch.Put(head_key(group.name), head_row(last, group.positions.back()));
    }
}

void add_categories(rocksdb::WriteBatch& batch, const Groups& groups) {
    std::string row;
    for (const Group& group : groups.all()) {
        for (auto at = group.positions.begin(); at != group.positions.end();) {
            const std::uint64_t chunk = at->value / positions_per_chunk;
            row.clear();
            for (; at != group.positions.end() && at->value / positions_per_chunk == chunk; ++at) {
                put_u16(row, static_cast<std::uint16_t>(at->value % positions_per_chunk));
            }
            batch.Merge(category_chunk_key(group.name, chunk), row);
        }
    }
}

Result<> RocksdbIndex::load() {
    std::string row;
    const rocksdb::Status got = db_->Get({}, rocksdb::Slice(watermark_key.data(), watermark_key.size()), &row);
    if (got.IsNotFound()) {
        const auto any = iterator();
        any->SeekToFirst();
        if (any->Valid()) return malformed("its watermark is missing, so it");
        if (!any->status().ok()) return error_of(any->status(), folder_, "be read");
        return {};
    }
    if (!got.ok()) return error_of(got, folder_, "read its watermark");
    const auto parsed = parse_watermark(row);
    if (!parsed) return malformed("its watermark");
    watermark_ = *parsed;
    return {};
}

Result<Watermark> RocksdbIndex::watermark() const {
    const std::shared_lock lock(mutex_);
    return watermark_;
}

Result<> RocksdbIndex::apply(std::span<const Entry> entries, const Watermark& watermark) {
    if (const auto fault = fault_of(entries, watermark_.next, watermark.next); !fault.empty()) {
        return Error{.code = Code::internal,
                     .message = "index in " + folder_ + ": a batch cannot be applied: " + std::string(fault) +
                                "; please report this"};
    }
    rocksdb::WriteBatch batch;
    add_streams(batch, Groups::by_stream(entries));
    add_categories(batch, Groups::by_category(entries));
    batch.Put(rocksdb::Slice(watermark_key.data(), watermark_key.size()), watermark_row(watermark));

    rocksdb::WriteOptions options;
    options.disableWAL = true;
    options.memtable_insert_hint_per_batch = true;
    if (const auto written = db_->Write(options, &batch); !written.ok()) return error_of(written, folder_, "write");
    const std::unique_lock lock(mutex_);
    watermark_ = watermark;
    return {};
}

Result<std::optional<StreamInfo>> RocksdbIndex::stream(std::string_view name) const {
    rocksdb::PinnableSlice row;
    const auto got = db_->Get({}, db_->DefaultColumnFamily(), head_key(name), &row);
    if (got.IsNotFound()) return std::nullopt;
    if (!got.ok()) return error_of(got, folder_, "read a stream's head");
    if (row.size() != 16) return malformed("a stream's head").error();
    return StreamInfo{.name = std::string(name),
                      .last = Revision{u64_at(view(row), 0)},
                      .last_position = Position{u64_at(view(row), 1)}};
}

Result<> RocksdbIndex::stream_positions(std::string_view name, Revision from, std::uint64_t count,
                                        std::vector<Position>& into) const {
    rocksdb::PinnableSlice row;
    std::uint64_t skip = from.value % revisions_per_chunk;
    for (std::uint64_t chunk = from.value / revisions_per_chunk; count != 0; ++chunk, skip = 0) {
        const auto got = db_->Get({}, db_->DefaultColumnFamily(), stream_chunk_key(name, chunk), &row);
        if (got.IsNotFound()) return {};
        if (!got.ok()) return error_of(got, folder_, "read a stream's positions");
        const std::uint64_t held = row.size() / sizeof(std::uint64_t);
        if (row.size() % sizeof(std::uint64_t) != 0 || held > revisions_per_chunk) return malformed("a stream's chunk");
        for (std::uint64_t n = skip; n < held && count != 0; ++n, --count) into.emplace_back(u64_at(view(row), n));
        if (held < revisions_per_chunk) return {};
        row.Reset();
    }
    return {};
}

std::unique_ptr<rocksdb::Iterator> RocksdbIndex::iterator(const rocksdb::Slice* end) const {
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = end;
    return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options));
}

Result<> RocksdbIndex::category_positions_from(std::string_view category, Position from, std::uint64_t count,
                                               std::vector<Position>& into) const {
    const std::string end = category_end_key(category);
    const rocksdb::Slice end_slice(end);
    const auto row = iterator(&end_slice);
    for (row->Seek(category_chunk_key(category, from.value / positions_per_chunk)); row->Valid() && count != 0;
         row->Next()) {
        const std::uint64_t base = chunk_of_key(view(row->key())) * positions_per_chunk;
        const std::string_view lows = view(row->value());
        for (std::size_t n = 0; n < lows.size() / 2 && count != 0; ++n) {
            const Position position{base + u16_at(lows, n)};
            if (position < from) continue;
            into.push_back(position);
            --count;
        }
    }
    if (!row->status().ok()) return error_of(row->status(), folder_, "read a category's positions");
    return {};
}

Result<> RocksdbIndex::category_positions_until(std::string_view category, Position until, std::uint64_t count,
                                                std::vector<Position>& into) const {
    const std::string first = category_chunk_key(category, 0);
    const auto row = iterator();
    row->SeekForPrev(category_chunk_key(category, until.value / positions_per_chunk));
    for (; row->Valid() && view(row->key()) >= first && count != 0; row->Prev()) {
        const std::uint64_t base = chunk_of_key(view(row->key())) * positions_per_chunk;
        const std::string_view lows = view(row->value());
        for (std::size_t n = lows.size() / 2; n-- > 0 && count != 0;) {
            const Position position{base + u16_at(lows, n)};
            if (position > until) continue;
            into.push_back(position);
            --count;
        }
    }
    if (!row->status().ok()) return error_of(row->status(), folder_, "read a category's positions");
    return {};
}

Result<std::vector<StreamInfo>> RocksdbIndex::streams(std::string_view prefix, std::string_view after,
                                                      std::size_t limit) const {
    std::vector<StreamInfo> page;
    const auto row = iterator();
    for (row->Seek(head_key(std::max(prefix, after))); row->Valid() && page.size() < limit; row->Next()) {
        const auto name = stream_of_head_key(view(row->key()));
        if (!name || !name->starts_with(prefix)) break;
        if (*name == after) continue;
        if (row->value().size() != 16) return malformed("a stream's head").error();
        page.push_back({.name = std::string(*name),
                        .last = Revision{u64_at(view(row->value()), 0)},
                        .last_position = Position{u64_at(view(row->value()), 1)}});
    }
    if (!row->status().ok()) return error_of(row->status(), folder_, "list streams");
    return page;
}

Result<> RocksdbIndex::flush() {
    if (const auto flushed = db_->Flush(rocksdb::FlushOptions()); !flushed.ok()) {
        return error_of(flushed, folder_, "write its memory to disk");
    }
    return {};
}

rocksdb::Status open_database(const IndexOptions& options, rocksdb::DB** db) {
    const rocksdb::Options settings = rocksdb_settings(options.read_only);
    if (!options.read_only) return rocksdb::DB::Open(settings, options.folder, db);
    // The writer beside us may replace files between our reading of the list and our opening of them.
    static constexpr int tries = 5;
    rocksdb::Status opened;
    for (int n = 0; n < tries; ++n) {
        opened = rocksdb::DB::OpenForReadOnly(settings, options.folder, db);
        if (opened.ok()) break;
    }
    return opened;
}

}  // namespace

Result<std::unique_ptr<Index>> open_rocksdb_index(const IndexOptions& options) {
    std::error_code error;
    if (options.read_only && !std::filesystem::exists(options.folder, error)) {
        return Error{.code = Code::not_found, .message = "index in " + options.folder + ": there is none"};
    }
    rocksdb::DB* db = nullptr;
    const rocksdb::Status opened = open_database(options, &db);
    if (!opened.ok()) return error_of(opened, options.folder, "be opened");
    auto index = std::make_unique<RocksdbIndex>(options.folder, std::unique_ptr<rocksdb::DB>(db));
    if (auto loaded = index->load(); !loaded) return std::move(loaded).error();
    return index;
}

Result<> destroy_rocksdb_index(const std::string& folder) {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error) {
        return Error{.code = error == std::errc::permission_denied ? Code::permission_denied : Code::unavailable,
                     .message = "index in " + folder + ": cannot be deleted (" + error.message() +
                                "); delete the folder by hand"};
    }
    return {};
}

}  // namespace varve::index
