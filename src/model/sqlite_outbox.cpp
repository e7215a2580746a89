#include "model/sqlite_outbox.hpp"

#include "model/guard.hpp"

namespace varve {

namespace {

/// Part of the file's layout, never change. `error` is there of those that are set aside, `origin` of those that another
/// projection has recorded, whose place this one took.
constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS varve_effects (position INTEGER NOT NULL, n INTEGER NOT NULL, type TEXT NOT NULL, "
    "data TEXT NOT NULL, error TEXT, origin TEXT, PRIMARY KEY (position, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS varve_effects_from (position INTEGER NOT NULL) STRICT;";

constexpr const char* insert_statement = "INSERT OR REPLACE INTO varve_effects VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* drop_statement = "DELETE FROM varve_effects WHERE position < ?";

/// What a file says that is not in charge. Part of its layout, never change.
constexpr std::int64_t held_back = -1;

std::int64_t number(Position position) {
    return static_cast<std::int64_t>(position.value);
}

/// Files of an earlier form have no such column.
void add_origin(SqliteDatabase& database) {
    SqliteStatement count(database, "SELECT count(*) FROM pragma_table_info('varve_effects') WHERE name = 'origin'");
    count.step();
    const bool there = count.integer() == 1;
    count.reset();
    if (!there) database.run("ALTER TABLE varve_effects ADD COLUMN origin TEXT");
}

/// Answers from where on there are effects.
Position make_tables(SqliteDatabase& database, Position head) {
    database.run("BEGIN IMMEDIATE");
    database.run(tables);
    add_origin(database);
    SqliteStatement find(database, "SELECT position FROM varve_effects_from");
    const bool there = find.step();
    const std::int64_t found = there ? find.integer() : held_back;
    find.reset();
    if (found == held_back) {
        SqliteStatement begin(database, there ? "UPDATE varve_effects_from SET position = ?"
                                              : "INSERT INTO varve_effects_from VALUES (?)");
        begin.integer(number(head));
        begin.run();
    }
    database.run("COMMIT");
    return found == held_back ? head : Position{static_cast<std::uint64_t>(found)};
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
    if (effect.origin.empty()) {
        statement.null();
    } else {
        statement.text(effect.origin);
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
    if (!row.is_null()) effect.origin = row.text();
    return effect;
}

template <class F>
Result<> in_batch(const F& work) {
    return guarded_with_tables(
        [&]() -> Result<> {
            work();
            return {};
        },
        [] { return "effects"; });
}

}  // namespace

SqliteOutbox::SqliteOutbox(SqliteDatabase& writer, const std::string& path, Position head)
    : from_(make_tables(writer, head)) {
    arrive(writer, path);
}

void SqliteOutbox::leave() {
    insert_.reset();
    drop_.reset();
    const std::lock_guard lock(mutex_);
    left_ = true;
    database_.reset();
}

void SqliteOutbox::arrive(SqliteDatabase& writer, const std::string& path) {
    {
        const std::lock_guard lock(mutex_);
        left_ = false;
        database_.emplace(path, true);
    }
    arrived_.notify_all();
    insert_.emplace(writer, insert_statement);
    drop_.emplace(writer, drop_statement);
}

void SqliteOutbox::give_up() {
    {
        const std::lock_guard lock(mutex_);
        left_ = false;
    }
    arrived_.notify_all();
}

template <class F>
Result<> SqliteOutbox::in_file(const F& work) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !left_; });
    return in_batch([&] {
        if (!database_) {
            throw Failure(
                Error{.code = Code::unavailable, .message = "the file could not be opened again; start again"});
        }
        work(*database_);
    });
}

template <class F>
Result<> SqliteOutbox::in_transaction(const F& work) {
    return in_file([&](SqliteDatabase& database) {
        // What is taken out of another file at this word must not come back there and be missing here.
        database.run("PRAGMA synchronous=FULL");
        database.run("BEGIN IMMEDIATE");
        const Result<> done = in_batch([&] {
            work(database);
            database.run("COMMIT");
        });
        if (database.in_transaction()) static_cast<void>(in_batch([&] { database.run("ROLLBACK"); }));
        database.run("PRAGMA synchronous=NORMAL");
        if (!done.ok()) throw Failure(done.error());
    });
}

Result<> SqliteOutbox::add(Position event, std::vector<detail::NewEffect> effects) {
    return in_batch([&] {
        if (heard_) {
            drop_->integer(number(heard_()));
            drop_->run();
        }
        std::uint64_t n = 0;
        for (detail::NewEffect& effect : effects) {
            insert(*insert_, {{event, n++}, std::string(effect.type), std::move(effect.data)});
        }
    });
}

Result<std::optional<StoredEffect>> SqliteOutbox::first() {
    std::optional<StoredEffect> first;
    const Result<> read = in_file([&](SqliteDatabase& database) {
        SqliteStatement rows(database, "SELECT * FROM varve_effects WHERE error IS NULL ORDER BY position, n LIMIT 1");
        if (rows.step()) first = effect_in(rows);
    });
    if (!read.ok()) return read.error();
    return first;
}

Result<> SqliteOutbox::done(const EffectPlace& place) {
    return in_file([&](SqliteDatabase& database) {
        SqliteStatement remove(database, "DELETE FROM varve_effects WHERE position = ? AND n = ?");
        bind(remove, place);
        remove.run();
    });
}

Result<> SqliteOutbox::set_aside(const EffectPlace& place, const std::string& error) {
    return in_file([&](SqliteDatabase& database) {
        SqliteStatement mark(database, "UPDATE varve_effects SET error = ? WHERE position = ? AND n = ?");
        mark.text(error);
        bind(mark, place);
        mark.run();
    });
}

Result<bool> SqliteOutbox::retry(const EffectPlace& place, std::string_view origin) {
    bool found = false;
    const Result<> marked = in_file([&](SqliteDatabase& database) {
        SqliteStatement mark(
            database,
            "UPDATE varve_effects SET error = NULL WHERE position = ? AND n = ? AND error IS NOT NULL AND "
            "coalesce(origin, '') = ?");
        bind(mark, place);
        mark.text(origin);
        mark.run();
        found = database.changes() == 1;
    });
    if (!marked.ok()) return marked.error();
    return found;
}

Result<> SqliteOutbox::read(EffectsStatus& into) {
    return in_file([&](SqliteDatabase& database) {
        into.held = heard_ != nullptr;
        if (!into.held) into.from = from_;
        SqliteStatement count(database, "SELECT count(*), count(error) FROM varve_effects WHERE position >= ?");
        // What the one in charge has heard meanwhile, is dropped with the next that is recorded.
        count.integer(heard_ ? number(heard_()) : 0);
        count.step();
        const auto all = static_cast<std::uint64_t>(count.integer());
        const auto aside = static_cast<std::uint64_t>(count.integer());
        count.reset();
        into.pending += all - aside;
        into.aside += aside;
        SqliteStatement rows(database,
                             "SELECT * FROM varve_effects WHERE error IS NOT NULL ORDER BY position, n LIMIT ?");
        rows.integer(static_cast<std::int64_t>(asides_listed));
        while (rows.step()) {
            StoredEffect effect = effect_in(rows);
            into.set_aside.push_back({effect_id(effect.origin, effect.place), std::move(effect.type),
                                      std::move(effect.data), std::move(*effect.error)});
        }
    });
}

Result<std::vector<StoredEffect>> SqliteOutbox::all() {
    std::vector<StoredEffect> all;
    const Result<> read = in_file([&](SqliteDatabase& database) {
        SqliteStatement rows(database, "SELECT * FROM varve_effects ORDER BY position, n");
        while (rows.step()) all.push_back(effect_in(rows));
    });
    if (!read.ok()) return read.error();
    return all;
}

Result<> SqliteOutbox::hold(Heard heard) {
    const Position position = heard();
    {
        const std::lock_guard lock(mutex_);
        heard_ = std::move(heard);
    }
    return in_transaction([&](SqliteDatabase& database) {
        SqliteStatement drop(database, drop_statement);
        drop.integer(number(position));
        drop.run();
        SqliteStatement mark(database, "UPDATE varve_effects_from SET position = ?");
        mark.integer(held_back);
        mark.run();
    });
}

Result<> SqliteOutbox::take_over(Position heard, const std::vector<StoredEffect>& left) {
    Result<> taken = in_transaction([&](SqliteDatabase& database) {
        SqliteStatement mark(database, "UPDATE varve_effects_from SET position = ?");
        mark.integer(number(heard));
        mark.run();
        SqliteStatement drop(database, drop_statement);
        drop.integer(number(heard));
        drop.run();
        SqliteStatement keep(database, insert_statement);
        for (const StoredEffect& effect : left) insert(keep, effect);
    });
    if (!taken.ok()) return taken;
    const std::lock_guard lock(mutex_);
    heard_ = nullptr;
    from_ = heard;
    return {};
}

}  // namespace varve
