/// Effects in the SQLite file of their read model, in the same transactions as its rows.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "model/outbox.hpp"
#include "model/sqlite_database.hpp"

namespace varve {

class SqliteOutbox final : public Outbox {
public:
    /// Creates its tables where there are none: then events from `head` on have effects; so they do where the file was held
    /// back, and is in charge now. `writer` is the read model's connection, which is used by the worker alone; the others
    /// have one of their own. Throws Failure.
    SqliteOutbox(SqliteDatabase& writer, const std::string& path, Position head);

    [[nodiscard]] Position from() const override { return heard_ ? heard_() : from_; }
    Result<> add(Position event, std::vector<detail::NewEffect> effects) override;
    Result<std::optional<StoredEffect>> first() override;
    Result<> done(const EffectPlace& place) override;
    Result<> set_aside(const EffectPlace& place, const std::string& error) override;
    Result<bool> retry(const EffectPlace& place, std::string_view origin) override;
    Result<> read(EffectsStatus& into) override;
    Result<std::vector<StoredEffect>> all() override;
    Result<> hold(Heard heard) override;
    Result<> take_over(Position heard, const std::vector<StoredEffect>& left) override;

    /// Lets go of the file, so that it can be renamed; whoever asks for something waits until arrive.
    void leave();
    /// Goes on with the file of this name. Throws Failure.
    void arrive(SqliteDatabase& writer, const std::string& path);
    /// It will not arrive any more: everybody is answered an error.
    void give_up();

private:
    template <class F>
    Result<> in_file(const F& work);
    template <class F>
    Result<> in_transaction(const F& work);

    Position from_;
    Heard heard_;  ///< empty: it is in charge
    std::optional<SqliteStatement> insert_;
    std::optional<SqliteStatement> drop_;
    std::mutex mutex_;  ///< guards what follows, and changes of from_ and heard_
    std::condition_variable arrived_;
    bool left_ = false;
    std::optional<SqliteDatabase> database_;
};

}  // namespace varve
