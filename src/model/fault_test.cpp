#include "model/fault.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "model/sqlite_database.hpp"
#include "model/trouble_fixture.hpp"

namespace varve {
namespace {

using moody::BalanceOf;
using moody::Deposit;

/// Counts its rows for the deposits of some, which writes what is changed.
struct Counted {
    using Events = varve::Events<moody::Opened, moody::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    varve::Table<bank::Balance> balances;
    void on(const moody::Opened& e) { balances.put({e.account, 0}); }
    void on(const moody::Deposited& e) {
        if (e.account == "a2" && balances.size() != 2) throw std::runtime_error("whose account is this?");
        balances.update(e.account, [&](bank::Balance& row) { row.cents += e.cents; });
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        const auto row = balances.get(q.account);
        return row ? std::optional(row->cents) : std::nullopt;
    }
};

/// The rules that somebody has added to the file.
class Refused : public Trouble {
public:
    void rule(const std::string& sql) {
        SqliteDatabase database(path, true);
        database.run(sql);
    }
    /// Projects once, so that there is a file to add a rule to, and deposits under that rule.
    void with_rule(const std::string& sql) {
        project();
        balance("a1");
        rule(sql);
        Commit commit;
        for (const auto& [account, cents] :
             std::vector<std::pair<std::string, int>>{{"a2", 3}, {"a1", 900}, {"a2", 4}, {"a1", 1}}) {
            commit.events.push_back(
                {.stream = "account-" + account,
                 .type = "Deposited",
                 .data = R"({"account":")" + account + R"(","cents":)" + std::to_string(cents) + "}"});
        }
        app.store().append(std::move(commit)).value();
    }
    void expect_refused(const std::vector<std::string>& parts) {
        EXPECT_EQ(balance("a2"), 7);
        EXPECT_EQ(balance("a1"), 0);
        const auto status = this->status();
        ASSERT_EQ(status.quarantined.size(), 1U);
        EXPECT_EQ(status.quarantined[0].key, "account-a1");
        EXPECT_EQ(status.quarantined[0].missed, 2U);
        for (const std::string& part : parts) {
            EXPECT_NE(status.quarantined[0].error.message.find(part), std::string::npos) << status.quarantined[0].error;
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Kept, Refused, ::testing::Values(Place::sqlite), [](const auto&) { return "in_sqlite"; });

TEST_P(Refused, by_a_trigger_is_the_events_own_trouble) {
    with_rule(
        "CREATE TRIGGER rich BEFORE UPDATE ON balances WHEN new.cents > 100 BEGIN SELECT RAISE(ABORT, 'too rich'); "
        "END");
    expect_refused({"position 3", "Deposited", "table balances, row 'a1'", "too rich"});
}

TEST_P(Refused, by_a_trigger_that_takes_back_everything) {
    with_rule(
        "CREATE TRIGGER rich BEFORE UPDATE ON balances WHEN new.cents > 100 BEGIN SELECT RAISE(ROLLBACK, 'away'); END");
    expect_refused({"table balances, row 'a1'", "away"});
}

TEST_P(Refused, in_the_middle_of_a_batch_by_whoever_comes_later) {
    const auto deposit = [&](const std::string& account, int cents) {
        return NewEvent{.stream = "account-" + account,
                        .type = "Deposited",
                        .data = R"({"account":")" + account + R"(","cents":)" + std::to_string(cents) + "}"};
    };
    project<Counted>({.attempts = 1});
    balance("a1");
    rule("CREATE TRIGGER rich BEFORE UPDATE ON balances WHEN new.cents > 100 BEGIN SELECT RAISE(ABORT, 'rich'); END");
    // The handler of the last one writes what the others have changed, to count it: that is not its fault.
    Commit commit;
    commit.events = {deposit("a1", 900), deposit("a1", 1), deposit("a2", 7)};
    app.store().append(std::move(commit)).value();
    expect_refused({"position 2", "rich"});
}

TEST_P(Refused, by_a_unique_index_which_takes_out_no_other_row) {
    with_rule(
        "INSERT INTO balances VALUES ('a9', 900); CREATE UNIQUE INDEX one ON balances (cents > 100) WHERE cents > 100");
    expect_refused({"table balances, row 'a1'", "UNIQUE", "one"});
    EXPECT_EQ(balance("a9"), 900);
}

struct Huge {
    std::string account;
    std::uint64_t cents = 0;
};
struct Unsigned {
    using Events = varve::Events<moody::Opened, moody::Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    varve::Table<Huge> balances;
    void on(const moody::Opened& e) { balances.put({e.account, 0}); }
    void on(const moody::Deposited& e) {
        balances.update(e.account, [&](Huge& row) {
            row.cents += e.cents == 900 ? 1ULL << 63U : static_cast<std::uint64_t>(e.cents);
        });
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        const auto row = balances.get(q.account);
        return row ? std::optional(static_cast<std::int64_t>(row->cents)) : std::nullopt;
    }
};

TEST_P(Refused, by_its_column_because_it_is_too_large) {
    project<Unsigned>();
    app.send(Deposit{"a2", 3}).value();
    app.send(Deposit{"a1", 900}).value();
    app.send(Deposit{"a1", 2}).value();
    app.send(Deposit{"a2", 4}).value();
    expect_refused({"table balances, row 'a1', column cents", "2^63 - 1"});
}

}  // namespace
}  // namespace varve
