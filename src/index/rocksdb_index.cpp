#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "index/index.hpp"
#include "index/pending.hpp"
#include "index/rocksdb_settings.hpp"
#include "index/rows.hpp"
#include "index/written_rows.hpp"

namespace varve::index {
namespace {

class RocksdbIndex final : public Index {
public:
    RocksdbIndex(const IndexOptions& options, std::unique_ptr<rocksdb::DB> db)
        : folder_(options.folder), read_only_(options.read_only), db_(std::move(db)), rows_(*db_, folder_) {}

    /// Reads where the index stands.
    Result<> load();

    Result<Watermark> watermark() const override;
    Result<> apply(std::span<const Entry> entries, const Watermark& watermark) override;
    Result<std::optional<StreamInfo>> stream(std::string_view name) const override;
    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const override;
    Result<> term_positions_from(const Term& term, Position from, std::uint64_t count,
                                 std::vector<Position>& into) const override;
    Result<> term_positions_until(const Term& term, Position until, std::uint64_t count,
                                  std::vector<Position>& into) const override;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) const override;
    Result<> flush() override;

private:
    /// Moves all that is pending into RocksDB, with the watermark, in one write. Requires writer_.
    Result<> drain();
    const std::string folder_;
    const bool read_only_;
    const std::unique_ptr<rocksdb::DB> db_;
    const WrittenRows rows_;

    std::mutex writer_;  // held by apply and flush; taken before mutex_
    Watermark written_;  // of what RocksDB has; guarded by writer_
    mutable std::shared_mutex mutex_;
    Watermark watermark_;  // changed under writer_ and mutex_
    Pending pending_;      // likewise
};

void add_streams(rocksdb::WriteBatch& batch, const Pending& pending) {
    const auto streams = pending.sorted_streams();
    for (const auto& [name, run] : streams) batch.Put(head_key(name), head_row(head_of(name, *run)));
    std::string row;
    for (const auto& [name, run] : streams) {
        const std::span<const Position> positions(run->positions);
        for (std::uint64_t done = 0; done < positions.size();) {
            const std::uint64_t revision = run->first.value + done;
            const std::uint64_t room = revisions_per_chunk - revision % revisions_per_chunk;
            const std::uint64_t count = std::min<std::uint64_t>(room, positions.size() - done);
            row.clear();
            const std::uint64_t slot = revision % revisions_per_chunk;
            if (run->after_gap && done == 0 && slot != 0) put_u64(row, slot_mark(slot));
            for (const Position position : positions.subspan(done, count)) put_u64(row, position.value);
            batch.Merge(stream_chunk_key(name, revision / revisions_per_chunk), row);
            done += count;
        }
    }
}

void add_terms(rocksdb::WriteBatch& batch, const Pending& pending, TermKind kind) {
    std::string row;
    for (const auto& [name, run] : pending.sorted_terms(kind)) {
        for (auto at = run->positions.begin(); at != run->positions.end();) {
            const std::uint64_t chunk = at->value / positions_per_chunk;
            row.clear();
            for (; at != run->positions.end() && at->value / positions_per_chunk == chunk; ++at) {
                put_u16(row, static_cast<std::uint16_t>(at->value % positions_per_chunk));
            }
            batch.Merge(term_chunk_key({kind, name}, chunk), row);
        }
    }
}

Result<> RocksdbIndex::load() {
    auto written = rows_.watermark();
    if (!written) return std::move(written).error();
    watermark_ = *written;
    written_ = *std::move(written);
    return {};
}

Result<Watermark> RocksdbIndex::watermark() const {
    const std::shared_lock lock(mutex_);
    return watermark_;
}

Result<> RocksdbIndex::apply(std::span<const Entry> entries, const Watermark& watermark) {
    const std::scoped_lock writing(writer_);
    if (read_only_) {
        return Error{.code = Code::failed_precondition,
                     .message = "index in " + folder_ + ": opened read-only, cannot grow"};
    }
    if (const auto fault = fault_of(entries, watermark_.next, watermark.next); !fault.empty()) {
        return Error{.code = Code::internal,
                     .message = "index in " + folder_ + ": a batch cannot be applied: " + std::string(fault) +
                                "; please report this"};
    }
    // Before the batch and not after it: when writing fails, nothing of the batch is in and it may be tried again.
    if (pending_.full()) {
        if (auto drained = drain(); !drained) return drained;
    }
    // In small steps, so that a reader never waits long; what it sees beyond the watermark is true already.
    static constexpr std::size_t step = 256;
    while (!entries.empty()) {
        const auto now = entries.first(std::min(step, entries.size()));
        entries = entries.subspan(now.size());
        const std::unique_lock lock(mutex_);
        for (const Entry& entry : now) pending_.add(entry);
    }
    const std::unique_lock lock(mutex_);
    watermark_ = watermark;
    return {};
}

Result<> RocksdbIndex::drain() {
    if (watermark_ == written_) return {};
    rocksdb::WriteBatch batch;
    // Read without mutex_: only a holder of writer_ changes it.
    add_streams(batch, pending_);
    for (const TermKind kind : {TermKind::category, TermKind::type, TermKind::tag}) add_terms(batch, pending_, kind);
    batch.Put(rocksdb::Slice(watermark_key.data(), watermark_key.size()), watermark_row(watermark_));

    rocksdb::WriteOptions options;
    options.disableWAL = true;
    options.memtable_insert_hint_per_batch = true;
    if (const auto done = db_->Write(options, &batch); !done.ok()) return error_of(done, folder_, "write");
    written_ = watermark_;
    // Until here readers found the entries in both places and took them from `pending_`.
    Pending drained;
    {
        const std::unique_lock lock(mutex_);
        std::swap(drained, pending_);
    }
    // On its way to the disk now and not with the next one: what a crash leaves to be indexed again is half as much.
    rocksdb::FlushOptions begin;
    begin.wait = false;
    begin.allow_write_stall = true;
    if (const auto begun = db_->Flush(begin); !begun.ok()) return error_of(begun, folder_, "write its memory to disk");
    return {};
}

Result<std::optional<StreamInfo>> RocksdbIndex::stream(std::string_view name) const {
    {
        const std::shared_lock lock(mutex_);
        if (const Run* run = pending_.stream(name)) return head_of(name, *run);
    }
    return rows_.stream(name);
}

Result<> RocksdbIndex::stream_positions(std::string_view name, Revision from, std::uint64_t count,
                                        std::vector<Position>& into) const {
    std::vector<Position> recent;
    std::optional<Position> first_recent;
    std::uint64_t on_disk = count;
    {
        const std::shared_lock lock(mutex_);
        if (const Run* run = pending_.stream(name)) {
            const std::uint64_t before = from < run->first ? run->first - from : 0;
            const std::uint64_t skip = from > run->first ? from - run->first : 0;
            on_disk = std::min(count, before);
            const auto rest = std::span(run->positions).subspan(std::min<std::size_t>(skip, run->positions.size()));
            const auto taken = rest.first(std::min<std::size_t>(count - on_disk, rest.size()));
            recent.assign(taken.begin(), taken.end());
            first_recent = run->positions.front();
        }
    }
    const std::size_t wanted = into.size() + on_disk;
    if (auto read = rows_.stream_positions(name, from, on_disk, into); !read) return read;
    if (first_recent && into.size() < wanted) into.resize(wanted, *first_recent);
    into.insert(into.end(), recent.begin(), recent.end());
    return {};
}

Result<> RocksdbIndex::term_positions_from(const Term& term, Position from, std::uint64_t count,
                                           std::vector<Position>& into) const {
    std::vector<Position> recent;
    Position end{std::numeric_limits<std::uint64_t>::max()};
    {
        const std::shared_lock lock(mutex_);
        if (const Run* run = pending_.term(term)) {
            end = run->positions.front();
            const auto first = std::lower_bound(run->positions.begin(), run->positions.end(), from);
            const auto left = static_cast<std::uint64_t>(run->positions.end() - first);
            recent.assign(first, first + static_cast<std::ptrdiff_t>(std::min(count, left)));
        }
    }
    const std::size_t before = into.size();
    if (auto read = rows_.term_positions_from(term, from, end, count, into); !read) return read;
    recent.resize(std::min<std::size_t>(recent.size(), count - (into.size() - before)));
    into.insert(into.end(), recent.begin(), recent.end());
    return {};
}

Result<> RocksdbIndex::term_positions_until(const Term& term, Position until, std::uint64_t count,
                                            std::vector<Position>& into) const {
    {
        const std::shared_lock lock(mutex_);
        if (const Run* run = pending_.term(term)) {
            auto at = std::upper_bound(run->positions.begin(), run->positions.end(), until);
            for (; at != run->positions.begin() && count != 0; --count) into.push_back(*--at);
            if (run->positions.front() <= until) {
                if (run->positions.front() == Position{0}) return {};
                until = run->positions.front() - 1;
            }
        }
    }
    return rows_.term_positions_until(term, until, count, into);
}

Result<std::vector<StreamInfo>> RocksdbIndex::streams(std::string_view prefix, std::string_view after,
                                                      std::size_t limit) const {
    std::vector<StreamInfo> recent;
    {
        const std::shared_lock lock(mutex_);
        recent = pending_.streams(prefix, after, limit);
    }
    auto written = rows_.streams(prefix, after, limit);
    if (!written) return written;
    // A stream in both is newer in `recent`; set_union keeps that of the first range.
    std::vector<StreamInfo> page;
    std::set_union(recent.begin(), recent.end(), written->begin(), written->end(), std::back_inserter(page),
                   [](const StreamInfo& a, const StreamInfo& b) { return a.name < b.name; });
    page.resize(std::min(page.size(), limit));
    return page;
}

Result<> RocksdbIndex::flush() {
    const std::scoped_lock writing(writer_);
    if (read_only_) return {};
    if (auto drained = drain(); !drained) return drained;
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
    auto index = std::make_unique<RocksdbIndex>(options, std::unique_ptr<rocksdb::DB>(db));
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
