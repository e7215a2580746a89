#include "model/snapshot_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/hash.hpp"
#include "store/names.hpp"

namespace varve {

namespace {

/// Part of the file: another number whenever its tables change.
constexpr std::int64_t file_format = 1;

std::int64_t checksum(const SnapshotKey& key, const Snapshot& snapshot) {
    return std::bit_cast<std::int64_t>(
        xxh3_64(fmt::format("{}\n{}\n{}\n{} {} {}\n{}", key.state, key.stream, key.fingerprint, snapshot.revision.value,
                            snapshot.position.value, snapshot.event.to_string(), snapshot.data)));
}

/// SQLite's integers are signed; no event ever has a place beyond them.
std::int64_t clamped(std::uint64_t place) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(std::min(place, most));
}

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    throw Failure(Error{.code = Code::failed_precondition,
                        .message = fmt::format("'{}' {}; give snapshots a path of their own", path, why)});
}

}  // namespace

std::optional<SnapshotFile::Place> SnapshotFile::place_of(const std::string& path) {
    struct stat found{};
    if (stat(path.c_str(), &found) != 0) return {};
    return Place{found.st_dev, found.st_ino};
}

/// What SQLite has left beside a file that was deleted must not come into a new one.
std::string SnapshotFile::made_whole(std::string path) {
    if (path == ":memory:") refuse(path, "names no file");
    if (Result<> named = store::check_path(path); !named.ok()) throw Failure(std::move(named).error());
    if (!std::filesystem::exists(path)) {
        std::error_code ignored;
        for (const char* tail : {"-wal", "-shm"}) std::filesystem::remove(path + tail, ignored);
    }
    return path;
}

SnapshotFile::SnapshotFile(const Snapshots& options, const std::string& store)
    : path_(options.path), writer_(made_whole(options.path), true) {
    prepare(options, store);
    put_ = std::make_unique<SqliteStatement>(writer_,
                                             "INSERT OR REPLACE INTO varve_snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    trim_ = std::make_unique<SqliteStatement>(
        writer_,
        "DELETE FROM varve_snapshots WHERE state = ?1 AND stream = ?2 AND (fingerprint <> ?3 OR revision < (SELECT "
        "min(revision) FROM (SELECT revision FROM varve_snapshots WHERE state = ?1 AND stream = ?2 AND fingerprint = "
        "?3 "
        "ORDER BY revision DESC LIMIT ?4)))");
    drop_ = std::make_unique<SqliteStatement>(writer_, "DELETE FROM varve_snapshots WHERE state = ? AND stream = ?");
    reader_ = std::make_unique<SqliteDatabase>(path_, false);
    // Who loads an entity waits for nobody: it folds the log instead.
    reader_->run("PRAGMA busy_timeout=0");
    find_ = std::make_unique<SqliteStatement>(
        *reader_,
        "SELECT revision, position, event, data, checksum FROM varve_snapshots WHERE state = ? AND stream = ? AND "
        "fingerprint = ? AND revision <= ? AND position <= ? ORDER BY revision DESC LIMIT 1");
    per_entity_ = std::max<std::size_t>(options.per_entity, 1);
    place_ = place_of(path_);
}

void SnapshotFile::prepare(const Snapshots& options, const std::string& store) {
    SqliteStatement known(writer_,
                          "SELECT count(*), sum(name = 'varve_snapshots') FROM sqlite_master WHERE type = 'table'");
    known.step();
    const std::int64_t tables = known.integer();
    const bool ours = known.integer() > 0;
    known.reset();
    if (tables > 0 && !ours) refuse(path_, "is a database of something else");
    writer_.run(
        "CREATE TABLE IF NOT EXISTS varve_snapshots(state TEXT, stream TEXT, fingerprint TEXT, revision INTEGER, "
        "position "
        "INTEGER, event TEXT, data TEXT, checksum INTEGER, PRIMARY KEY(state, stream, revision));"
        "CREATE TABLE IF NOT EXISTS varve_snapshot_file(format INTEGER, store TEXT)");
    SqliteStatement head(writer_, "SELECT format, store FROM varve_snapshot_file");
    if (head.step()) {
        const std::int64_t format = head.integer();
        const std::string owner(head.text());
        head.reset();
        if (format != file_format)
            refuse(path_, fmt::format("has format {}, which this version does not know", format));
        if (owner != store) refuse(path_, fmt::format("holds the snapshots of another store ({})", owner));
    } else {
        SqliteStatement begin(writer_, "INSERT INTO varve_snapshot_file VALUES (?, ?)");
        begin.integer(file_format);
        begin.text(store);
        begin.run();
    }
    // Lost is no more than time, so nothing waits for the disk.
    constexpr std::uint64_t page_bytes = 4096;
    writer_.run(fmt::format("PRAGMA synchronous=OFF; PRAGMA cache_size=-2048; PRAGMA max_page_count={}",
                            std::max<std::uint64_t>(options.bytes_max / page_bytes, 16)));
}

bool SnapshotFile::gone() const {
    return place_of(path_) != place_;
}

std::optional<Snapshot> SnapshotFile::find(const SnapshotKey& key, Revision revision, Position position) {
    find_->text(key.state);
    find_->text(key.stream);
    find_->text(key.fingerprint);
    find_->integer(clamped(revision.value));
    find_->integer(clamped(position.value));
    if (!find_->step()) return {};
    Snapshot found;
    found.revision = Revision{static_cast<std::uint64_t>(find_->integer())};
    found.position = Position{static_cast<std::uint64_t>(find_->integer())};
    const auto event = EventId::parse(find_->text());
    found.data = find_->text();
    const std::int64_t sum = find_->integer();
    find_->reset();
    found.event = event.value_or(EventId{});
    if (sum == checksum(key, found)) return found;
    throw Failure(Error{.code = Code::data_loss,
                        .message = fmt::format("the snapshot of {} at revision {} in '{}' is damaged", key.stream,
                                               found.revision.value, path_)});
}

void SnapshotFile::put(const SnapshotKey& key, const Snapshot& snapshot) {
    put_->text(key.state);
    put_->text(key.stream);
    put_->text(key.fingerprint);
    put_->integer(clamped(snapshot.revision.value));
    put_->integer(clamped(snapshot.position.value));
    put_->text(snapshot.event.to_string());
    put_->text(snapshot.data);
    put_->integer(checksum(key, snapshot));
    put_->run();
    trim_->text(key.state);
    trim_->text(key.stream);
    trim_->text(key.fingerprint);
    trim_->integer(static_cast<std::int64_t>(per_entity_));
    trim_->run();
}

void SnapshotFile::drop(const SnapshotKey& key) {
    drop_->text(key.state);
    drop_->text(key.stream);
    drop_->run();
}

}  // namespace varve
