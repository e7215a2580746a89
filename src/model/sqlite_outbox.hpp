/// Effects in the SQLite file of their read model, in the same transactions as its rows.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "model/outbox.hpp"
#include "model/sqlite_database.hpp"

namespace varve {

class SqliteOutbox final : public Outbox {
public:
    /// Creates its tables where there are none: then events from `head` on have effects. `writer` is the read model's
    /// connection, which is used by the worker alone; the others have one of their own. Throws Failure.
    SqliteOutbox(SqliteDatabase& writer, const std::string& path, Position head);

    [[nodiscard]] Position from() const override { return from_; }
    Result<> add(Position event, std::vector<detail::NewEffect> effects) override;
    Result<std::optional<StoredEffect>> first() override;
    Result<> done(const EffectPlace& place) override;
    Result<> set_aside(const EffectPlace& place, const std::string& error) override;
    Result<bool> retry(const EffectPlace& place) override;
    Result<> read(EffectsStatus& into) override;
    Result<> begin_at(Position position) override;
    Result<std::vector<StoredEffect>> all() override;
    Result<> take_over(Position heard, const std::vector<StoredEffect>& left) override;

private:
    Position from_;
    SqliteStatement insert_;
    std::mutex mutex_;  ///< guards what follows
    SqliteDatabase database_;
};

}  // namespace varve
