#include "varve/row_diff.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "model/rebuild_fixture.hpp"

namespace varve {
namespace {

using bank::Deposit;
using bank::Open;
using bank::Withdraw;
using rebuilt::Balances;
using rebuilt::BalancesV2;

/// Another table of the same name, with keys of another type, and one more.
struct Numbered {
    std::uint64_t number = 0;
    std::string account;
};
struct OtherTables {
    using Events = varve::Events<bank::Opened>;
    varve::Table<Numbered> balances;
    varve::Table<Numbered> more;
    void on(const bank::Opened& e) { more.put({more.size(), e.account}); }
};

class DiffOfReplays : public ::testing::Test {
public:
    DiffOfReplays() {
        app.send(Open{"a1", "Ann"}).value();
        app.send(Deposit{"a1", 400}).value();
        app.send(Withdraw{"a1", 100}).value();
        app.send(Open{"a2", "Bob"}).value();
    }
    App app = bank::in_memory();
};

TEST_F(DiffOfReplays, of_two_moments) {
    const auto then = app.replay<BalancesV2>(as_of(Position{1})).value(), now = app.replay<BalancesV2>().value();
    std::ostringstream text;
    text << diff(then, now).value();
    EXPECT_EQ(text.str(),
              "balances[a1]: cents 400 -> 300\n"
              "balances[a2]: nothing -> {\"account\":\"a2\",\"cents\":0}\n"
              "2 rows differ, 0 are equal\n");
    EXPECT_EQ(diff(now, then).value().tables.at(0).only_before, 1U);
    EXPECT_TRUE(diff(now, now).value().same());
}

TEST_F(DiffOfReplays, of_two_classes) {
    const auto old = app.replay<Balances>().value();
    const auto now = app.replay<BalancesV2>().value();
    const RowDiff found = diff(old, now).value();
    ASSERT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.rows[0].fields, (std::vector<FieldChange>{{"cents", "400", "300"}}));
    EXPECT_EQ(found.equal(), 1U);
}

TEST_F(DiffOfReplays, names_what_cannot_be_compared) {
    const auto old = app.replay<Balances>().value();
    const auto now = app.replay<OtherTables>().value();
    const RowDiff found = diff(old, now).value();
    ASSERT_EQ(found.tables.size(), 2U);
    EXPECT_NE(found.tables[0].not_compared.find("another type"), std::string::npos);
    EXPECT_NE(found.tables[1].not_compared.find("before has no such table"), std::string::npos);
    EXPECT_FALSE(found.same());
}

TEST_F(DiffOfReplays, tells_no_more_than_is_asked_for) {
    const auto then = app.replay<BalancesV2>(as_of(Position{1})).value(), now = app.replay<BalancesV2>().value();
    const RowDiff found = diff(then, now, {.rows = 1}).value();
    EXPECT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.differences(), 2U);
    std::ostringstream text;
    text << found;
    EXPECT_NE(text.str().find("... and 1 more\n"), std::string::npos);
}

}  // namespace
}  // namespace varve
