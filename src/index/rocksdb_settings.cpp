#include "index/rocksdb_settings.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>
#include <initializer_list>
#include <memory>
#include <string>

#include "index/append_merge.hpp"
#include "index/name_part.hpp"

namespace varve::index {
namespace {

constexpr std::size_t write_buffer_bytes = 16 << 20;
constexpr std::size_t block_cache_bytes = 32 << 20;
constexpr int block_cache_shard_bits = 3;

rocksdb::CompressionType best_compression() {
    const auto supported = rocksdb::GetSupportedCompressions();
    for (const auto wanted : {rocksdb::kLZ4Compression, rocksdb::kSnappyCompression}) {
        if (std::find(supported.begin(), supported.end(), wanted) != supported.end()) return wanted;
    }
    return rocksdb::kNoCompression;
}

rocksdb::BlockBasedTableOptions table_settings() {
    rocksdb::BlockBasedTableOptions table;
    // Few shards: a block that is larger than one is never kept.
    table.block_cache = rocksdb::NewLRUCache(block_cache_bytes, block_cache_shard_bits);
    table.block_size = 4 << 10;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    // Otherwise index and filters would sit outside the cache, without a bound.
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    // In parts, because those of a file with a million tags are megabytes, and a look needs a few kilobytes of them.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
    table.format_version = 5;
    return table;
}

/// Closing RocksDB's own log file on a full disk ends the process when RocksDB was built with its assertions. All that
/// matters comes back as a status.
class NoLog final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, std::va_list) override {}
};

}  // namespace

rocksdb::Options rocksdb_settings(bool read_only) {
    rocksdb::Options options;
    options.create_if_missing = !read_only;
    options.merge_operator = append_merge();
    options.prefix_extractor = name_part();
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_settings()));
    options.compression = best_compression();

    options.write_buffer_size = write_buffer_bytes;
    options.max_write_buffer_number = 2;
    // Most names that are looked up are not in it.
    options.memtable_prefix_bloom_size_ratio = 0.1;
    options.memtable_whole_key_filtering = true;
    options.target_file_size_base = write_buffer_bytes;
    options.max_bytes_for_level_base = 4 * write_buffer_bytes;
    options.level_compaction_dynamic_level_bytes = true;
    options.max_background_jobs = 2;
    options.allow_concurrent_memtable_write = false;

    // A reader beside a writer keeps every file open from the start: compaction deletes them under its feet.
    options.max_open_files = read_only ? -1 : 256;
    // With more, opening starts threads, and dies when there are none to be had.
    options.max_file_opening_threads = 1;
    options.skip_stats_update_on_db_open = true;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.info_log = std::make_shared<NoLog>();
    return options;
}

Error error_of(const rocksdb::Status& status, std::string_view folder, std::string_view doing) {
    const std::string text = status.ToString();
    const auto says = [&](std::initializer_list<std::string_view> words) {
        return std::ranges::any_of(words, [&](std::string_view some) { return text.find(some) != std::string::npos; });
    };
    Error error{.code = Code::data_loss,
                .message = "index in " + std::string(folder) + ": cannot " + std::string(doing) + " (" + text + "); "};
    // By its words, because a status may carry another one inside. Only what is left says something against the index.
    if (status.IsNoSpace() || says({"No space left on device", "Disk quota exceeded", "File too large"})) {
        error.code = Code::resource_exhausted;
        error.message += "make room on the disk, then try again";
    } else if (says({"Permission denied", "Operation not permitted", "Read-only file system"})) {
        error.code = Code::permission_denied;
        error.message += "give this user the right to read and write the folder";
    } else if (says({"lock hold by current process", "Resource temporarily unavailable"})) {
        error.code = Code::failed_precondition;
        error.message += "another process or store has it open: close that one first";
    } else if (says({"Too many open files", "Cannot allocate memory"})) {
        error.code = Code::unavailable;
        error.message += "allow the process more open files (ulimit -n) or memory, then try again";
    } else {
        error.message += "it can be deleted and is then rebuilt from the log";
    }
    return error;
}

}  // namespace varve::index
