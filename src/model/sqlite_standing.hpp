/// How a projection is doing, as its SQLite file remembers it: the two tables that the projection writes beside its rows.
#pragma once

#include <string>
#include <vector>

#include "model/read_model.hpp"
#include "model/sqlite_database.hpp"

namespace varve {

/// Through one connection; failures throw varve::Failure. What it writes goes with the transaction at hand.
class SqliteStanding {
public:
    /// Adds the tables where they are missing.
    static void create(SqliteDatabase& database);
    explicit SqliteStanding(SqliteDatabase& database);

    [[nodiscard]] std::vector<QuarantinedKey> quarantined();
    void keep(const QuarantinedKey& key);
    void release(const std::string& key);
    void keep(const ProjectionNote& note);
    /// Each is answered once. Not inside of a transaction.
    [[nodiscard]] std::vector<KeyWish> wishes();

private:
    SqliteStatement all_;
    SqliteStatement keep_key_;
    SqliteStatement release_;
    SqliteStatement keep_note_;
    SqliteStatement wishes_;
    SqliteStatement granted_;
};

/// Part of the file's layout, never change: what is wished for a key.
inline constexpr const char* retry_wish = "retry";
inline constexpr const char* discard_wish = "discard";

/// The columns of a row but its wish, which comes last. `quarantined_columns` is the query, also for those who read the
/// file otherwise.
[[nodiscard]] QuarantinedKey read_quarantined(SqliteStatement& row);
inline constexpr const char* quarantined_columns =
    "SELECT key, position, code, error, reason, since, attempts, missed, wish FROM varve_quarantine ORDER BY key";

}  // namespace varve
