#include "model/sqlite_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/fault.hpp"
#include "model/guard.hpp"
#include "model/sqlite_table.hpp"

namespace varve {

namespace {

constexpr std::size_t idle_readers = 8;
/// Events without a row for this projection, after which it is worth to write the checkpoint alone.
constexpr std::uint64_t checkpoint_events = 100'000;

/// Part of the file's layout, never change: one line for the projection of this file.
constexpr const char* checkpoint_table =
    "CREATE TABLE IF NOT EXISTS varve_checkpoint (projection TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL, "
    "store TEXT NOT NULL, shape TEXT NOT NULL) STRICT";

/// Collects what tables a projection has, without giving them a place.
class Shapes final : public detail::TableBinder {
public:
    Result<std::unique_ptr<detail::RowStore>> table(const detail::TableShape& shape) override {
        shapes.push_back(shape);
        return std::unique_ptr<detail::RowStore>();
    }
    std::vector<detail::TableShape> shapes;
};

class Tables final : public detail::TableBinder {
public:
    Tables(SqliteDatabase& database, SqliteHooks& hooks) : database_(database), hooks_(hooks) {}
    Result<std::unique_ptr<detail::RowStore>> table(const detail::TableShape& shape) override {
        return std::unique_ptr<detail::RowStore>(std::make_unique<SqliteTable>(database_, shape, hooks_));
    }

private:
    SqliteDatabase& database_;
    SqliteHooks& hooks_;
};

[[noreturn]] void refuse(std::string message) {
    throw Failure(Error{.code = Code::failed_precondition,
                        .message = std::move(message),
                        .reason = std::string(reason_of(Fault::model))});
}

}  // namespace

Error detail::unkept_field(std::string_view projection, std::string_view field) {
    return Error{
        .code = Code::invalid_argument,
        .message = fmt::format("field {} of projection {} is no Table, so a file cannot keep it; make it a Table, "
                               "or keep the projection in memory",
                               field, projection)};
}

Result<std::unique_ptr<SqliteModel>> SqliteModel::open(const detail::ProjectionType& type, const std::string& path,
                                                       const Partition& mine, const std::string& store, Position head) {
    auto model = std::unique_ptr<SqliteModel>(new SqliteModel(type, path, mine, store));
    try {
        model->open_writer(head);
    } catch (const Failure& failure) {
        return failure.error();
    }
    return model;
}

void SqliteModel::open_writer(Position head) {
    writer_ = std::make_unique<Side>(path_, true);
    SqliteDatabase& database = writer_->database;
    database.run("BEGIN IMMEDIATE");
    check_file(database, head);
    SqliteStanding::create(database);
    database.run("COMMIT");
    if (outbox_) {
        outbox_->arrive(database, path_);
    } else if (type_.take_effects != nullptr) {
        outbox_ = std::make_unique<SqliteOutbox>(database, path_, head);
    }
    bind(*writer_, true);
    standing_ = std::make_unique<SqliteStanding>(database);
    writer_->checkpoint = std::make_unique<SqliteStatement>(
        database, "UPDATE varve_checkpoint SET position = ? WHERE projection = ? AND position = ?");
}

void SqliteModel::check_file(SqliteDatabase& database, Position head) {
    Shapes tables_of_type;
    const auto probe = type_.make();
    type_.bind(probe.get(), tables_of_type, false).value();
    check_shapes(tables_of_type.shapes).value();
    std::string shape;
    for (const detail::TableShape& table : tables_of_type.shapes) shape += create_statement(table) + ";\n";
    const std::size_t tables = shape.size();
    if (mine_.of() > 1) shape += fmt::format("-- partition {} of {}\n", mine_.index(), mine_.of());

    database.run(checkpoint_table);
    SqliteStatement find(database, "SELECT projection, position, store, shape FROM varve_checkpoint");
    if (!find.step()) {
        create_tables(database, shape);
        return;
    }
    const std::string projection(find.text());
    written_ = Position{static_cast<std::uint64_t>(find.integer())};
    const std::string its_store(find.text());
    const std::string its_shape(find.text());
    if (projection != type_.name) {
        refuse(fmt::format("SQLite file '{}' belongs to projection {}; give {} a file of its own", path_, projection,
                           type_.name));
    }
    if (its_store != store_ || written_ > head) {
        refuse(
            fmt::format("SQLite file '{}' was built from another store (or from events this one has lost); delete the "
                        "file: it is rebuilt from the log",
                        path_));
    }
    if (its_shape != shape && its_shape.substr(0, tables) == shape.substr(0, tables) && mine_.of() > 1) {
        refuse(fmt::format(
            "SQLite file '{}' is no partition {} of {}; delete it (and those beside it): the rows are rebuilt "
            "from the log",
            path_, mine_.index(), mine_.of()));
    }
    if (its_shape != shape) {
        refuse(fmt::format(
            "SQLite file '{}' holds rows of another shape than {} has now; delete the file: it is rebuilt "
            "from the log. To serve meanwhile, keep {} as it was, give the new shape a class of its own, and "
            "call rebuild of the App from the one to the other",
            path_, type_.name, type_.name));
    }
}

void SqliteModel::create_tables(SqliteDatabase& database, const std::string& shape) {
    database.run(shape);
    SqliteStatement insert(database, "INSERT INTO varve_checkpoint VALUES (?, 0, ?, ?)");
    insert.text(type_.name);
    insert.text(store_);
    insert.text(shape);
    insert.run();
}

void SqliteModel::bind(Side& side, bool writes) {
    side.projection = type_.make();
    Tables tables(side.database, side.hooks);
    type_.bind(side.projection.get(), tables, writes).value();
}

Result<> SqliteModel::begin() {
    return guarded_with_tables(
        [&]() -> Result<> {
            check_open();
            writer_->database.run("BEGIN IMMEDIATE");
            return {};
        },
        [] { return "begin of a batch"; });
}

Result<> SqliteModel::commit(Position checkpoint) {
    Result<> committed = guarded_with_tables(
        [&]() -> Result<> {
            for (const auto& flush : writer_->hooks.before_commit) flush();
            SqliteStatement& move = *writer_->checkpoint;
            move.integer(static_cast<std::int64_t>(checkpoint.value));
            move.text(type_.name);
            move.integer(static_cast<std::int64_t>(written_.value));
            move.run();
            if (writer_->database.changes() != 1) {
                refuse(
                    fmt::format("SQLite file '{}' was written by somebody else meanwhile; keep one App on it", path_));
            }
            writer_->database.run("COMMIT");
            written_ = checkpoint;
            return {};
        },
        [&] { return fmt::format("commit at position {}", checkpoint.value); });
    if (!committed.ok()) abandon();
    return committed;
}

void SqliteModel::check_open() const {
    if (!writer_) refuse(fmt::format("SQLite file '{}' could not be opened again; start again", place()));
}

void SqliteModel::abandon() {
    if (!writer_) return;
    for (const auto& forget : writer_->hooks.after_rollback) forget();
    if (!writer_->database.in_transaction()) return;
    // The reason to abandon is what is reported; closing the connection rolls back as well.
    static_cast<void>(guarded(
        [&]() -> Result<> {
            writer_->database.run("ROLLBACK");
            return {};
        },
        [] { return "rollback"; }));
}

Result<std::vector<QuarantinedKey>> SqliteModel::quarantined() {
    std::vector<QuarantinedKey> keys;
    Result<> read = with_file([&] { keys = standing_->quarantined(); }, "quarantine");
    if (!read.ok()) return std::move(read).error();
    return keys;
}

Result<> SqliteModel::keep(const QuarantinedKey& key) {
    return with_file([&] { standing_->keep(key); }, "quarantine");
}

Result<> SqliteModel::release(const std::string& key) {
    return with_file([&] { standing_->release(key); }, "quarantine");
}

Result<> SqliteModel::keep(const ProjectionNote& note) {
    return with_file([&] { standing_->keep(note); }, "status");
}

Result<std::vector<KeyWish>> SqliteModel::wishes() {
    std::vector<KeyWish> wishes;
    Result<> read = with_file([&] { wishes = standing_->wishes(); }, "quarantine");
    if (!read.ok()) return std::move(read).error();
    return wishes;
}

Result<> SqliteModel::with_file(const std::function<void()>& work, std::string_view what) const {
    return guarded_with_tables(
        [&]() -> Result<> {
            check_open();
            work();
            return {};
        },
        [&] { return std::string(what); });
}

bool SqliteModel::checkpoint_is_behind(Position position) const {
    return position > written_ && position - written_ >= checkpoint_events;
}

/// Everything a query reads is of one moment.
class SqliteModel::ReadTransaction {
public:
    explicit ReadTransaction(Side& side) : database_(side.database) { database_.run("BEGIN"); }
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;
    ~ReadTransaction() {
        static_cast<void>(guarded(
            [&]() -> Result<> {
                database_.run("COMMIT");
                return {};
            },
            [] { return "end of a query"; }));
    }

private:
    SqliteDatabase& database_;
};

/// A reader for one answer. After an exception it is not used again.
class SqliteModel::Loan {
public:
    explicit Loan(SqliteModel& model) : model_(model), side_(model.take_reader()) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { model_.give_back(std::move(side_)); }

    [[nodiscard]] Side& side() { return *side_; }
    void spoil() { side_.reset(); }

private:
    SqliteModel& model_;
    std::unique_ptr<Side> side_;
};

Result<Position> SqliteModel::read(Position seen, const Reader& reader) {
    Loan loan(*this);
    try {
        const ReadTransaction transaction(loan.side());
        SqliteStatement& checkpoint = *loan.side().checkpoint;
        checkpoint.step();
        const Position committed{static_cast<std::uint64_t>(checkpoint.integer())};
        checkpoint.reset();
        reader(loan.side().projection.get());
        return std::max(seen, committed);
    } catch (...) {
        loan.spoil();
        throw;
    }
}

std::unique_ptr<SqliteModel::Side> SqliteModel::take_reader() {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !leaving_; });
        if (retired_) {
            throw Failure(Error{.code = Code::aborted,
                                .message = fmt::format("another projection has replaced the one of SQLite file '{}'; "
                                                       "ask again",
                                                       path_)});
        }
        ++lent_;
        if (!idle_.empty()) {
            auto side = std::move(idle_.back());
            idle_.pop_back();
            return side;
        }
    }
    try {
        auto side = std::make_unique<Side>(path_, false);
        bind(*side, false);
        side->checkpoint = std::make_unique<SqliteStatement>(side->database, "SELECT position FROM varve_checkpoint");
        return side;
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void SqliteModel::give_back(std::unique_ptr<Side> reader) {
    {
        const std::lock_guard lock(mutex_);
        if (reader && idle_.size() < idle_readers && !retired_) idle_.push_back(std::move(reader));
    }
    reader.reset();
    {
        const std::lock_guard lock(mutex_);
        --lent_;
    }
    changed_.notify_all();
}

}  // namespace varve
