#include "model/sqlite_standing.hpp"

#include <string_view>

#include "varve/clock.hpp"

namespace varve {

namespace {

/// Part of the file's layout, never change: a line for each key in quarantine, and one for the projection.
constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS varve_quarantine (key TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL, code "
    "INTEGER NOT NULL, error TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL, attempts INTEGER NOT NULL, "
    "missed INTEGER NOT NULL, wish TEXT) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS varve_status (one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL, "
    "head "
    "INTEGER NOT NULL, events_per_second REAL NOT NULL, last_error TEXT, written TEXT NOT NULL) STRICT";

}  // namespace

void SqliteStanding::create(SqliteDatabase& database) {
    database.run(tables);
}

SqliteStanding::SqliteStanding(SqliteDatabase& database)
    : all_(database, quarantined_columns),
      keep_key_(database,
                "INSERT INTO varve_quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (key) DO UPDATE SET "
                "position = excluded.position, code = excluded.code, error = excluded.error, reason = excluded.reason, "
                "since = excluded.since, attempts = excluded.attempts, missed = excluded.missed"),
      release_(database, "DELETE FROM varve_quarantine WHERE key = ?"),
      keep_note_(database, "INSERT OR REPLACE INTO varve_status VALUES (1, ?, ?, ?, ?, ?)"),
      wishes_(database, "SELECT key, wish FROM varve_quarantine WHERE wish IS NOT NULL"),
      granted_(database, "UPDATE varve_quarantine SET wish = NULL WHERE key = ? AND wish = ?") {}

QuarantinedKey read_quarantined(SqliteStatement& row) {
    QuarantinedKey key;
    key.key = row.text();
    key.position = Position{static_cast<std::uint64_t>(row.integer())};
    key.error.code = static_cast<Code>(row.integer());
    key.error.message = row.text();
    key.error.reason = row.text();
    key.since = parse_timestamp(row.text()).value_or(Timestamp{});
    key.attempts = static_cast<std::uint32_t>(row.integer());
    key.missed = static_cast<std::uint64_t>(row.integer());
    return key;
}

std::vector<QuarantinedKey> SqliteStanding::quarantined() {
    std::vector<QuarantinedKey> keys;
    while (all_.step()) keys.push_back(read_quarantined(all_));
    return keys;
}

void SqliteStanding::keep(const QuarantinedKey& key) {
    keep_key_.text(key.key);
    keep_key_.integer(static_cast<std::int64_t>(key.position.value));
    keep_key_.integer(static_cast<std::int64_t>(key.error.code));
    keep_key_.text(key.error.message);
    keep_key_.text(key.error.reason);
    keep_key_.text(to_string(key.since));
    keep_key_.integer(static_cast<std::int64_t>(key.attempts));
    keep_key_.integer(static_cast<std::int64_t>(key.missed));
    keep_key_.run();
}

void SqliteStanding::release(const std::string& key) {
    release_.text(key);
    release_.run();
}

void SqliteStanding::keep(const ProjectionNote& note) {
    keep_note_.text(to_string(note.state));
    keep_note_.integer(static_cast<std::int64_t>(note.head.value));
    keep_note_.real(note.events_per_second);
    if (note.last_error) {
        keep_note_.text(note.last_error->to_string());
    } else {
        keep_note_.null();
    }
    keep_note_.text(to_string(system_clock()->now()));
    keep_note_.run();
}

std::vector<KeyWish> SqliteStanding::wishes() {
    std::vector<KeyWish> wishes;
    while (wishes_.step()) {
        std::string key(wishes_.text());
        wishes.push_back({std::move(key), wishes_.text() == discard_wish});
    }
    for (const KeyWish& wish : wishes) {
        granted_.text(wish.key);
        granted_.text(wish.discard ? discard_wish : retry_wish);
        granted_.run();
    }
    return wishes;
}

}  // namespace varve
