#include "model/sqlite_outbox.hpp"

#include "model/guard.hpp"

namespace varve {

namespace {

/// Part of the file's layout, never change. `error` is there of those that are set aside.
constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS varve_effects (position INTEGER NOT NULL, n INTEGER NOT NULL, type TEXT NOT NULL, "
    "data TEXT NOT NULL, error TEXT, PRIMARY KEY (position, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS varve_effects_from (position INTEGER NOT NULL) STRICT;";

constexpr const char* insert_statement = "INSERT OR REPLACE INTO varve_effects VALUES (?, ?, ?, ?, ?)";

std::int64_t number(Position position) {
    return static_cast<std::int64_t>(position.value);
}

SqliteDatabase& with_tables(SqliteDatabase& database, Position head, Position& from) {
    database.run("BEGIN IMMEDIATE");
    database.run(tables);
    SqliteStatement find(database, "SELECT position FROM varve_effects_from");
    if (find.step()) {
        from = Position{static_cast<std::uint64_t>(find.integer())};
    } else {
        SqliteStatement begin(database, "INSERT INTO varve_effects_from VALUES (?)");
        begin.integer(number(head));
        begin.run();
        from = head;
    }
    find.reset();
    database.run("COMMIT");
    return database;
}

void bind(SqliteStatement& statement, const EffectPlace& place) {
    statement.integer(number(place.position));
    statement.integer(static_cast<std::int64_t>(place.n));
}

void insert(SqliteStatement& statement, const StoredEffect& effect) {
    bind(statement, effect.place);
    statement.text(effect.type);
    statement.text(effect.data);
    if (effect.error) {
        statement.text(*effect.error);
    } else {
        statement.null();
    }
    statement.run();
}

StoredEffect effect_in(SqliteStatement& row) {
    StoredEffect effect;
    effect.place.position = Position{static_cast<std::uint64_t>(row.integer())};
    effect.place.n = static_cast<std::uint64_t>(row.integer());
    effect.type = row.text();
    effect.data = row.text();
    if (row.is_null()) {
        row.skip();
    } else {
        effect.error = row.text();
    }
    return effect;
}

template <class F>
Result<> in_file(const F& work) {
    return guarded_with_tables(
        [&]() -> Result<> {
            work();
            return {};
        },
        [] { return "effects"; });
}

}  // namespace

SqliteOutbox::SqliteOutbox(SqliteDatabase& writer, const std::string& path, Position head)
    : insert_(with_tables(writer, head, from_), insert_statement), database_(path, true) {}

Result<> SqliteOutbox::add(Position event, std::vector<detail::NewEffect> effects) {
    return in_file([&] {
        std::uint64_t n = 0;
        for (detail::NewEffect& effect : effects) {
            insert(insert_, {{event, n++}, std::string(effect.type), std::move(effect.data)});
        }
    });
}

Result<std::optional<StoredEffect>> SqliteOutbox::first() {
    const std::lock_guard lock(mutex_);
    std::optional<StoredEffect> first;
    const Result<> read = in_file([&] {
        SqliteStatement rows(database_, "SELECT * FROM varve_effects WHERE error IS NULL ORDER BY position, n LIMIT 1");
        if (rows.step()) first = effect_in(rows);
    });
    if (!read.ok()) return read.error();
    return first;
}

Result<> SqliteOutbox::done(const EffectPlace& place) {
    const std::lock_guard lock(mutex_);
    return in_file([&] {
        SqliteStatement remove(database_, "DELETE FROM varve_effects WHERE position = ? AND n = ?");
        bind(remove, place);
        remove.run();
    });
}

Result<> SqliteOutbox::set_aside(const EffectPlace& place, const std::string& error) {
    const std::lock_guard lock(mutex_);
    return in_file([&] {
        SqliteStatement mark(database_, "UPDATE varve_effects SET error = ? WHERE position = ? AND n = ?");
        mark.text(error);
        bind(mark, place);
        mark.run();
    });
}

Result<bool> SqliteOutbox::retry(const EffectPlace& place) {
    const std::lock_guard lock(mutex_);
    bool found = false;
    const Result<> marked = in_file([&] {
        SqliteStatement mark(
            database_, "UPDATE varve_effects SET error = NULL WHERE position = ? AND n = ? AND error IS NOT NULL");
        bind(mark, place);
        mark.run();
        found = database_.changes() == 1;
    });
    if (!marked.ok()) return marked.error();
    return found;
}

Result<> SqliteOutbox::read(EffectsStatus& into) {
    const std::lock_guard lock(mutex_);
    into.from = from_;
    return in_file([&] {
        SqliteStatement count(database_, "SELECT count(*), count(error) FROM varve_effects");
        count.step();
        const auto all = static_cast<std::uint64_t>(count.integer());
        const auto aside = static_cast<std::uint64_t>(count.integer());
        count.reset();
        into.pending += all - aside;
        into.aside += aside;
        SqliteStatement rows(database_,
                             "SELECT * FROM varve_effects WHERE error IS NOT NULL ORDER BY position, n LIMIT ?");
        rows.integer(static_cast<std::int64_t>(asides_listed));
        while (rows.step()) {
            StoredEffect effect = effect_in(rows);
            into.set_aside.push_back({effect_id({}, effect.place), std::move(effect.type), std::move(effect.data),
                                      std::move(*effect.error)});
        }
    });
}

Result<> SqliteOutbox::begin_at(Position position) {
    const std::lock_guard lock(mutex_);
    from_ = position;
    return in_file([&] {
        SqliteStatement move(database_, "UPDATE varve_effects_from SET position = ?");
        move.integer(number(position));
        move.run();
    });
}

Result<std::vector<StoredEffect>> SqliteOutbox::all() {
    const std::lock_guard lock(mutex_);
    std::vector<StoredEffect> all;
    const Result<> read = in_file([&] {
        SqliteStatement rows(database_, "SELECT * FROM varve_effects ORDER BY position, n");
        while (rows.step()) all.push_back(effect_in(rows));
    });
    if (!read.ok()) return read.error();
    return all;
}

Result<> SqliteOutbox::take_over(Position heard, const std::vector<StoredEffect>& left) {
    const std::lock_guard lock(mutex_);
    Result<> taken = in_file([&] {
        database_.run("BEGIN IMMEDIATE");
        SqliteStatement drop(database_, "DELETE FROM varve_effects WHERE position < ?");
        drop.integer(number(heard));
        drop.run();
        SqliteStatement keep(database_, insert_statement);
        for (const StoredEffect& effect : left) insert(keep, effect);
        database_.run("COMMIT");
    });
    if (!taken.ok() && database_.in_transaction()) static_cast<void>(in_file([&] { database_.run("ROLLBACK"); }));
    return taken;
}

}  // namespace varve
