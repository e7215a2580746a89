#include "model/sqlite_model.hpp"

#include <gtest/gtest.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "model/bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Balances;
using bank::Deposit;
using bank::Open;

/// One store that outlives the Apps on it, and a file.
class SqliteProjection : public ::testing::Test {
public:
    SqliteProjection() {
        App app{store};
        bank::wire(app);
        app.send(Open{"a1", "Ann"}).value();
        last = app.send(Deposit{"a1", 100}).value();
    }
    template <class P = Balances>
    Result<> project_once() {
        App app{store};
        Wiring wiring = app.project<P>(sqlite(path));
        if (!wiring.ok()) return wiring;
        const auto answer = app.ask(BalanceOf{"a1"}, after(last));
        if (!answer.ok()) return answer.error();
        return {};
    }
    /// The first column of the first row.
    std::string sql(const std::string& query) {
        SqliteDatabase database(path, true);
        SqliteStatement statement(database, query);
        return statement.step() ? std::string(statement.text()) : "";
    }

    TempFolder folder;
    std::string path = folder.file("balances.db");
    Store store = open("memory:").value();
    Receipt last;
};

TEST_F(SqliteProjection, rows_and_checkpoint_are_plain_sql) {
    ASSERT_TRUE(project_once().ok());
    EXPECT_EQ(sql("SELECT account || ' ' || cents FROM balances"), "a1 100");
    EXPECT_EQ(sql("SELECT projection || ' ' || position FROM varve_checkpoint"), "Balances 2");
    EXPECT_EQ(sql("PRAGMA journal_mode"), "wal");
}

TEST_F(SqliteProjection, resumes_after_its_checkpoint) {
    ASSERT_TRUE(project_once().ok());
    sql("UPDATE balances SET cents = 1000 RETURNING cents");  // seen again only if nothing is applied twice
    App app{store};
    bank::wire(app);
    ASSERT_TRUE(app.project<Balances>(sqlite(path)).ok());
    const auto receipt = app.send(Deposit{"a1", 1});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(receipt)).value(), 1001);
}

TEST_F(SqliteProjection, refuses_the_file_of_another_store) {
    ASSERT_TRUE(project_once().ok());
    App other = bank::in_memory();
    const Wiring wiring = other.project<Balances>(sqlite(path));
    ASSERT_FALSE(wiring.ok());
    EXPECT_EQ(wiring.error().code, Code::failed_precondition);
    EXPECT_NE(wiring.error().message.find("another store"), std::string::npos) << wiring.error();
    EXPECT_EQ(other.ask(BalanceOf{"a1"}).error().code, Code::failed_precondition);
    EXPECT_EQ(other.projections().at(0).state, ProjectionStatus::State::failed);
}

TEST_F(SqliteProjection, refuses_a_file_that_is_ahead_of_the_store) {
    ASSERT_TRUE(project_once().ok());
    sql("UPDATE varve_checkpoint SET position = 3 RETURNING 1");
    EXPECT_EQ(project_once().error().code, Code::failed_precondition);
}

namespace reshaped {
struct Balance {
    std::string account;
    std::int64_t cents = 0;
    bool rich = false;
};
struct Balances {
    using Events = varve::Events<bank::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    Table<Balance> balances;
    void on(const bank::Deposited&) {}
    std::optional<std::int64_t> answer(const BalanceOf&) const { return {}; }
};
}  // namespace reshaped

TEST_F(SqliteProjection, refuses_rows_of_another_shape_and_says_what_to_do) {
    ASSERT_TRUE(project_once().ok());
    const auto changed = project_once<reshaped::Balances>();
    ASSERT_FALSE(changed.ok());
    EXPECT_EQ(changed.error().code, Code::failed_precondition);
    EXPECT_NE(changed.error().message.find("delete the file"), std::string::npos) << changed.error();
    std::filesystem::remove(path);
    EXPECT_TRUE(project_once<reshaped::Balances>().ok());
}

struct Counter {
    using Events = varve::Events<bank::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    Table<bank::Balance> rows;
    int count = 0;
    void on(const bank::Deposited&) { ++count; }
    std::optional<std::int64_t> answer(const BalanceOf&) const { return count; }
};

TEST_F(SqliteProjection, refuses_fields_that_a_file_cannot_keep) {
    const auto refused = project_once<Counter>();
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_NE(refused.error().message.find("field count of projection Counter"), std::string::npos) << refused.error();
}

TEST_F(SqliteProjection, names_a_path_that_cannot_be_opened) {
    path = folder.file("no/such/folder.db");
    const auto refused = project_once();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("no/such/folder.db': its folder '"), std::string::npos) << refused.error();
    EXPECT_NE(refused.error().message.find("no/such' is not there; make it first"), std::string::npos);
}

TEST_F(SqliteProjection, wants_a_file_that_stays) {
    for (const char* none : {"", ":memory:"}) {
        path = none;
        const auto refused = project_once();
        ASSERT_FALSE(refused.ok()) << "'" << none << "'";
        EXPECT_EQ(refused.error().code, Code::invalid_argument) << refused.error();
        EXPECT_NE(refused.error().message.find("names no file"), std::string::npos) << refused.error();
    }
}

TEST_F(SqliteProjection, a_path_is_no_uri) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(std::filesystem::path(path).parent_path());
    path = "file:balances.db?mode=memory";
    const auto projected = project_once();
    EXPECT_TRUE(projected.ok()) << projected.error();
    EXPECT_TRUE(std::filesystem::exists(path));
    std::filesystem::current_path(before);
}

TEST_F(SqliteProjection, stops_when_somebody_else_moves_its_checkpoint) {
    App app{store};
    bank::wire(app);
    ASSERT_TRUE(app.project<Balances>(sqlite(path)).ok());
    app.ask(BalanceOf{"a1"}, after(last)).value();
    sql("UPDATE varve_checkpoint SET position = 1 RETURNING 1");
    const auto answer = app.ask(BalanceOf{"a1"}, after(app.send(Deposit{"a1", 1})));
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().message.find("somebody else"), std::string::npos) << answer.error();
    EXPECT_EQ(sql("SELECT cents FROM balances"), "100");
}

TEST_F(SqliteProjection, a_reader_does_not_block_the_writer_nor_the_other_way) {
    App app{store};
    bank::wire(app);
    ASSERT_TRUE(app.project<Balances>(sqlite(path)).ok());
    app.ask(BalanceOf{"a1"}, after(last)).value();
    SqliteDatabase reader(path, false);
    reader.run("BEGIN");
    SqliteStatement look(reader, "SELECT cents FROM balances");
    ASSERT_TRUE(look.step());
    const auto receipt = app.send(Deposit{"a1", 1});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(receipt)).value(), 101);
    EXPECT_EQ(look.integer(), 100);
}

/// Kills its process when it is written into a file while armed.
struct Fuse {
    bool armed = false;
};

}  // namespace

template <>
struct codec<Fuse> {
    static bool encode(const Fuse& fuse) {
        if (fuse.armed) std::raise(SIGKILL);
        return false;
    }
    static Fuse decode(bool) { return {}; }
};

namespace {

struct FusedBalance {
    std::string account;
    std::int64_t cents = 0;
    Fuse fuse = {};
};

/// Like Balances, in a process that is killed at a chosen event, or when the commit writes that event's row.
struct Mortal {
    using Events = varve::Events<bank::Opened, bank::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    Table<FusedBalance> rows;
    static inline std::uint64_t dies_at = ~0ULL;
    static inline std::uint64_t dies_in_commit_of = ~0ULL;

    void on(const bank::Opened& e) { rows.put({e.account}); }
    void on(const bank::Deposited& e, const Event& event) {
        rows.update(e.account, [&](FusedBalance& row) {
            row.cents += e.cents;
            row.fuse.armed = row.fuse.armed || event.position.value == dies_in_commit_of;
        });
        if (event.position.value == dies_at) std::raise(SIGKILL);
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        const auto row = rows.get(q.account);
        return row ? std::optional(row->cents) : std::nullopt;
    }
};

class KilledProjection : public ::testing::Test {
public:
    static constexpr std::uint64_t events_a_round = 3000;
    static constexpr const char* place_of_files = "VARVE_TEST_KILLED_PROJECTION";

    KilledProjection() {
        GTEST_FLAG_SET(death_test_style, "threadsafe");
        if (std::getenv(place_of_files) == nullptr) ::setenv(place_of_files, folder.emplace().file("").c_str(), 1);
        const std::string place = std::getenv(place_of_files);
        log = place + "log";
        file = place + "rows.db";
    }
    ~KilledProjection() override {
        if (folder) ::unsetenv(place_of_files);
    }

    /// The first events of a round, as many deposits into a hundred accounts or so.
    void fill(std::uint64_t from) const {
        Store store = open(log, {.durability = Durability::buffered}).value();
        Commit commit;
        for (std::uint64_t i = from; i < from + events_a_round; ++i) {
            const std::string account = std::to_string(i % 97);
            commit.events.push_back({.stream = "account-" + account,
                                     .type = "Deposited",
                                     .data = R"({"account":")" + account + R"(","cents":)" + std::to_string(i) + "}"});
        }
        store.append(std::move(commit)).value();
        store.close().value();
    }

    /// Runs in a process of its own and expects it to die. That one is begun anew and not forked off, whatever threads there
    /// are here: it runs this test up to this place, past all that is done in others, over the same files.
    template <class F>
    void in_child(F&& work) const {
        EXPECT_EXIT(work(), ::testing::KilledBySignal(SIGKILL), "");
    }

    /// Projects until one of three deaths: the handler's at a position, the commit's at the row of a position (some
    /// rows of the batch are written, others not), or the whole process's as soon as queries see a position. The last
    /// is needed also where a slow machine has committed the event of the others in an earlier round.
    void project_and_die(std::uint64_t in_handler, std::uint64_t in_commit, std::uint64_t when_seen) const {
        in_child([&] {
            Mortal::dies_at = in_handler;
            Mortal::dies_in_commit_of = in_commit;
            App app{open(log, {.durability = Durability::buffered}).value()};
            if (!app.project<Mortal>(sqlite(file)).ok()) return;
            while (app.projections().at(0).position.value < when_seen) std::this_thread::yield();
            std::raise(SIGKILL);
        });
    }

    std::optional<TempFolder> folder;  ///< nothing in a child
    std::string log, file;
};

TEST_F(KilledProjection, loses_and_doubles_nothing) {
    constexpr std::uint64_t rounds = 4;
    constexpr std::uint64_t never = ~0ULL;
    for (std::uint64_t from = 0; from < rounds * events_a_round; from += events_a_round) {
        in_child([&] {
            fill(from);
            std::raise(SIGKILL);
        });
        for (const std::uint64_t at : std::initializer_list<std::uint64_t>{0, 700, 2999})
            project_and_die(from + at, never, from + events_a_round);
        project_and_die(never, from + 50, from + events_a_round);
        project_and_die(never, from + events_a_round - 1, from + events_a_round);
        project_and_die(never, never, from + 1);
        project_and_die(never, never, from + events_a_round);
    }

    App app{open(log).value()};
    ASSERT_TRUE(app.project<Mortal>(sqlite(file)).ok());
    const auto whole = app.replay<Mortal>().value();
    ASSERT_TRUE(app.ask(BalanceOf{"0"}, after(Position{rounds * events_a_round - 1})).ok());
    EXPECT_EQ(whole.model().rows.size(), 97U);
    whole.model().rows.for_each([&](const FusedBalance& row) {
        EXPECT_EQ(app.ask(BalanceOf{row.account}).value(), row.cents) << "account " << row.account;
    });
}

}  // namespace
}  // namespace varve
