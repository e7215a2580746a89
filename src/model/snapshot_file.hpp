/// Snapshots in an SQLite file: found by entity and place, checked when they are read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "model/sqlite_database.hpp"
#include "varve/snapshots.hpp"
#include "varve/types.hpp"

namespace varve {

/// Whose snapshots, and made by which code.
struct SnapshotKey {
    std::string state;
    std::string stream;
    std::string fingerprint;
};

/// A state as it was after an event.
struct Snapshot {
    Revision revision;
    Position position;
    EventId event;
    std::string data;
};

/// find is for any one thread at a time, put and drop for another one. All of it throws Failure.
class SnapshotFile {
public:
    /// Opens or makes the file. Throws also where it is no file of snapshots, or one of another store.
    SnapshotFile(const Snapshots& options, const std::string& store);

    /// Somebody has deleted or replaced it since it was opened.
    [[nodiscard]] bool gone() const;

    /// The newest that is not beyond either place. `data_loss`: it is damaged.
    [[nodiscard]] std::optional<Snapshot> find(const SnapshotKey& key, Revision revision, Position position);
    /// Keeps one more; the oldest ones go, and those of the entity that other code has made.
    void put(const SnapshotKey& key, const Snapshot& snapshot);
    /// Removes all of an entity.
    void drop(const SnapshotKey& key);

private:
    struct Place {
        std::uint64_t device = 0, number = 0;
        friend bool operator==(const Place&, const Place&) = default;
    };
    static std::optional<Place> place_of(const std::string& path);
    static std::string made_whole(std::string path);
    void prepare(const Snapshots& options, const std::string& store);

    std::string path_;
    SqliteDatabase writer_;
    std::unique_ptr<SqliteStatement> put_, trim_, drop_;
    std::unique_ptr<SqliteDatabase> reader_;
    std::unique_ptr<SqliteStatement> find_;
    std::optional<Place> place_;
    std::size_t per_entity_ = 1;
};

}  // namespace varve
