// The peer RocksDB: events by position in one column family, stream and revision -> position in another, one
// WriteBatch a commit. Its own group commit joins concurrent writers; durable = the WAL is synced by every write.
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <limits>

#include "subjects/heads.hpp"
#include "subjects/record.hpp"
#include "subjects/subject.hpp"

namespace varve::bench {
namespace {

Result<> checked(const rocksdb::Status& status) {
    if (status.ok()) return {};
    return Error{Code::unavailable, "rocksdb: " + status.ToString()};
}

rocksdb::Slice slice(std::string_view text) {
    return {text.data(), text.size()};
}

struct Handles {
    rocksdb::DB* db;
    rocksdb::ColumnFamilyHandle* events;
    rocksdb::ColumnFamilyHandle* streams;
};

class RocksReader : public Reader {
public:
    explicit RocksReader(Handles handles) : handles_(handles) {}

    Result<> stream(std::string_view name, Visitor& visitor) override {
        positions_.clear();
        make_stream_key(name, 0, key_);
        make_stream_key(name, std::numeric_limits<std::uint64_t>::max(), upper_);
        rocksdb::ReadOptions options;
        const rocksdb::Slice bound = slice(upper_);
        options.iterate_upper_bound = &bound;
        const std::unique_ptr<rocksdb::Iterator> walk(handles_.db->NewIterator(options, handles_.streams));
        for (walk->Seek(key_); walk->Valid(); walk->Next()) positions_.push_back(walk->value().ToString());
        if (auto worked = checked(walk->status()); !worked) return worked;
        return visit_positions(visitor);
    }

    Result<> last(std::string_view name, Visitor& visitor) override {
        make_stream_key(name, std::numeric_limits<std::uint64_t>::max(), key_);
        const std::unique_ptr<rocksdb::Iterator> walk(handles_.db->NewIterator({}, handles_.streams));
        walk->SeekForPrev(key_);
        if (!walk->Valid()) return checked(walk->status());
        rocksdb::PinnableSlice value;
        if (auto worked = checked(handles_.db->Get({}, handles_.events, walk->value(), &value)); !worked) return worked;
        visitor.event(decode_record({value.data(), value.size()}).seen);
        return {};
    }

    Result<> replay(Visitor& visitor) override {
        rocksdb::ReadOptions options;
        options.readahead_size = 4 << 20;
        const std::unique_ptr<rocksdb::Iterator> walk(handles_.db->NewIterator(options, handles_.events));
        for (walk->SeekToFirst(); walk->Valid(); walk->Next()) {
            visitor.event(decode_record({walk->value().data(), walk->value().size()}).seen);
        }
        return checked(walk->status());
    }

private:
    Result<> visit_positions(Visitor& visitor) {
        const std::size_t count = positions_.size();
        keys_.assign(positions_.begin(), positions_.end());
        values_.resize(count);
        statuses_.resize(count);
        handles_.db->MultiGet({}, handles_.events, count, keys_.data(), values_.data(), statuses_.data());
        for (std::size_t i = 0; i < count; ++i) {
            if (auto worked = checked(statuses_[i]); !worked) return worked;
            visitor.event(decode_record({values_[i].data(), values_[i].size()}).seen);
            values_[i].Reset();
        }
        return {};
    }

    Handles handles_;
    std::string key_, upper_;
    std::vector<std::string> positions_;
    std::vector<rocksdb::Slice> keys_;
    std::vector<rocksdb::PinnableSlice> values_;
    std::vector<rocksdb::Status> statuses_;
};

class RocksDb : public Subject {
public:
    ~RocksDb() override { std::ignore = close(); }

    Result<> create(const Path& folder, Durability mode) override { return open(folder, mode); }

    Result<> open(const Path& folder, Durability mode) override {
        write_.sync = mode == Durability::durable;
        rocksdb::DBOptions options;
        options.create_if_missing = true;
        options.create_missing_column_families = true;
        options.max_background_jobs = 2;
        options.enable_pipelined_write = true;
        options.recycle_log_file_num = 4;
        // Syncing into extents that are only reserved costs twice what a growing file costs.
        options.allow_fallocate = false;
        const rocksdb::ColumnFamilyOptions family = family_options();
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        rocksdb::DB* db = nullptr;
        auto worked = checked(rocksdb::DB::Open(options, folder.string(),
                                                {{rocksdb::kDefaultColumnFamilyName, family}, {"streams", family}},
                                                &handles, &db));
        if (worked) handles_ = {db, handles[0], handles[1]};
        return worked;
    }

    Result<> append(std::span<const Sample> events) override {
        thread_local std::string position_key, stream_key, record;
        thread_local rocksdb::WriteBatch batch;
        batch.Clear();
        std::uint64_t position = next_.fetch_add(events.size());
        for (const Sample& event : events) {
            position_key.clear();
            record.clear();
            append_sorted(position++, position_key);
            make_stream_key(event.stream, heads_.next(event.stream), stream_key);
            append_record(event, record);
            batch.Put(handles_.events, position_key, record);
            batch.Put(handles_.streams, stream_key, position_key);
        }
        return checked(handles_.db->Write(write_, &batch));
    }

    Result<> settle() override {
        for (auto* family : {handles_.events, handles_.streams}) {
            if (auto worked = checked(handles_.db->CompactRange({}, family, nullptr, nullptr)); !worked) return worked;
        }
        return {};
    }

    Result<std::unique_ptr<Reader>> reader() override {
        return std::unique_ptr<Reader>(std::make_unique<RocksReader>(handles_));
    }

    Result<> close() override {
        if (handles_.db == nullptr) return {};
        auto worked = checked(handles_.db->Flush({}, std::vector{handles_.events, handles_.streams}));
        for (auto* family : {handles_.events, handles_.streams}) {
            if (auto destroyed = checked(handles_.db->DestroyColumnFamilyHandle(family)); !destroyed)
                worked = destroyed;
        }
        if (auto closed = checked(handles_.db->Close()); !closed) worked = closed;
        delete handles_.db;
        handles_ = {};
        return worked;
    }

private:
    static rocksdb::ColumnFamilyOptions family_options() {
        rocksdb::BlockBasedTableOptions table;
        table.block_cache = rocksdb::NewLRUCache(std::size_t{1} << 30);
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
        table.format_version = 5;
        rocksdb::ColumnFamilyOptions family;
        family.write_buffer_size = 64 << 20;
        family.compression = rocksdb::kSnappyCompression;
        family.level_compaction_dynamic_level_bytes = true;
        family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
        return family;
    }

    Handles handles_{};
    rocksdb::WriteOptions write_;
    Heads heads_;
    std::atomic<std::uint64_t> next_ = 0;
};

}  // namespace

std::unique_ptr<Subject> make_rocksdb() {
    return std::make_unique<RocksDb>();
}

}  // namespace varve::bench
