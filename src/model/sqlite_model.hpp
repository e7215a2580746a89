/// A read model in an SQLite file: rows and checkpoint in one transaction for each batch.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "model/read_model.hpp"
#include "model/sqlite_database.hpp"
#include "model/sqlite_outbox.hpp"
#include "model/sqlite_standing.hpp"
#include "model/sqlite_table.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/partition.hpp"

namespace varve {

/// The worker writes through one connection and one projection; each query reads through its own pair, in one read
/// transaction, so that neither waits for the other.
class SqliteModel final : public ReadModel {
public:
    /// Opens or creates the file, for one partition. `store` is the id of the store it belongs to and `head` that store's end.
    static Result<std::unique_ptr<SqliteModel>> open(const detail::ProjectionType& type, const std::string& path,
                                                     const Partition& mine, const std::string& store, Position head);

    [[nodiscard]] Position checkpoint() const override { return written_; }
    [[nodiscard]] std::string place() const override;
    /// Nobody waits meanwhile, and the longer a batch, the less is written twice.
    [[nodiscard]] std::chrono::milliseconds batch_time() const override { return std::chrono::milliseconds(100); }
    Result<> begin() override;
    [[nodiscard]] void* target() override { return writer_->projection.get(); }
    Result<> commit(Position checkpoint) override;
    void abandon() override;
    [[nodiscard]] bool repeats() const override { return true; }
    Result<std::vector<QuarantinedKey>> quarantined() override;
    Result<> keep(const QuarantinedKey& key) override;
    Result<> release(const std::string& key) override;
    Result<> keep(const ProjectionNote& note) override;
    Result<std::vector<KeyWish>> wishes() override;
    [[nodiscard]] bool checkpoint_is_behind(Position position) const override;
    Result<Position> read(Position seen, const Reader& reader) override;
    Result<> leave(Deadline deadline) override;
    Result<> arrive(const std::string& path) override;
    Result<> retire(Deadline deadline) override;
    [[nodiscard]] Outbox* outbox() override { return outbox_.get(); }

private:
    /// A connection with a projection whose tables are bound to it.
    struct Side {
        Side(const std::string& path, bool writes) : database(path, writes) {}
        SqliteDatabase database;
        SqliteHooks hooks;
        std::shared_ptr<void> projection;
        std::unique_ptr<SqliteStatement> checkpoint;  ///< the writer's moves it, a reader's reads it
    };
    class ReadTransaction;
    class Loan;

    SqliteModel(const detail::ProjectionType& type, std::string path, const Partition& mine, std::string store)
        : type_(type), mine_(mine), store_(std::move(store)), path_(std::move(path)) {}

    void open_writer(Position head);
    void check_file(SqliteDatabase& database, Position head);
    void create_tables(SqliteDatabase& database, const std::string& shape);
    void close_writer();
    /// New answers wait until arrive. False: one that is under way did not end soon; all go on.
    bool drain(std::unique_lock<std::mutex>& lock);
    void bind(Side& side, bool writes);
    void check_open() const;
    Result<> with_file(const std::function<void()>& work, std::string_view what) const;
    std::unique_ptr<Side> take_reader();
    void give_back(std::unique_ptr<Side> reader);

    const detail::ProjectionType& type_;
    const Partition mine_;
    const std::string store_;  ///< the id of the store that the file belongs to
    std::unique_ptr<Side> writer_;
    std::unique_ptr<SqliteOutbox> outbox_;
    std::unique_ptr<SqliteStanding> standing_;  ///< of the writer
    Position written_;                          ///< the checkpoint in the file
    mutable std::mutex mutex_;                  ///< guards the rest
    std::string path_;                          ///< changed while nothing is open
    std::vector<std::unique_ptr<Side>> idle_;
    std::size_t lent_ = 0;
    bool leaving_ = false;
    bool retired_ = false;
    std::condition_variable changed_;  ///< lent_, leaving_ or retired_
};

}  // namespace varve
