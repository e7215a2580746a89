#include "varve/diff.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

using bank::Account;
using Changes = std::vector<FieldChange>;

Changes changes(std::string_view before, std::string_view after) {
    return json_changes(before, after).value();
}

TEST(JsonChanges, are_named_by_their_place) {
    EXPECT_EQ(changes(R"({"a":1,"b":2})", R"({"a":1,"b":2})"), Changes());
    EXPECT_EQ(changes(R"({"a":1,"b":2})", R"({"b":3,"a":1})"), (Changes{{"b", "2", "3"}}));
    EXPECT_EQ(changes(R"({"a":{"x":[1,2]}})", R"({"a":{"x":[1,3,4]}})"),
              (Changes{{"a.x[1]", "2", "3"}, {"a.x[2]", "", "4"}}));
    EXPECT_EQ(changes(R"({"gone":null})", R"({"come":{}})"), (Changes{{"come", "", "{}"}, {"gone", "null", ""}}));
    EXPECT_EQ(changes(R"({"a":"1"})", R"({"a":1})"), (Changes{{"a", "\"1\"", "1"}}));
}

TEST(JsonChanges, of_no_value_and_of_what_is_no_object) {
    EXPECT_EQ(changes("", ""), Changes());
    EXPECT_EQ(changes("", R"({"a":1})"), (Changes{{"", "", R"({"a":1})"}}));
    EXPECT_EQ(changes("1", "[1]"), (Changes{{"", "1", "[1]"}}));
    EXPECT_EQ(changes(R"({"a":1,"a":2})", R"({"a":1,"a":3})"), Changes()) << "of repeated members the first counts";
    EXPECT_EQ(json_changes("{", "1").error().code, Code::invalid_argument);
    EXPECT_EQ(json_changes("1", "}").error().code, Code::invalid_argument);
}

class Diff : public ::testing::Test {
public:
    Diff() {
        app.send(bank::Open{"a1", "Ann"}).value();
        app.send(bank::Deposit{"a1", 100}).value();
        app.send(bank::Open{"a2", "Bob"}).value();
        app.send(bank::Withdraw{"a1", 30}).value();
    }

    App app = bank::in_memory();
};

TEST_F(Diff, says_what_each_event_changed) {
    const auto steps = app.diff<Account>("a1").value();
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].fields, (Changes{{"open", "false", "true"}}));
    EXPECT_EQ(steps[2].fields, (Changes{{"cents", "100", "70"}}));
    EXPECT_EQ(steps[2].position, Position{3});
    std::ostringstream text;
    text << steps[2];
    EXPECT_EQ(text.str(), "revision 2, Withdrawn: cents 100 -> 70");
}

TEST_F(Diff, begins_behind_one_revision_and_ends_with_another) {
    const auto steps = app.diff<Account>("a1", Revision{0}, Revision{1}).value();
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].fields, (Changes{{"cents", "0", "100"}}));
    EXPECT_TRUE(app.diff<Account>("a1", Revision{2})->empty());
    EXPECT_TRUE(app.diff<Account>("a1", Revision{~std::uint64_t{0}})->empty());
    EXPECT_TRUE(app.diff<Account>("a1", Revision{2}, Revision{1})->empty());
}

TEST_F(Diff, of_an_event_that_the_state_does_not_know) {
    app.store().append(Commit{}.append("account-a1", Expected::any(), {{.type = "Audited", .data = "{}"}})).value();
    const auto steps = app.diff<Account>("a1", Revision{2}).value();
    ASSERT_EQ(steps.size(), 1U);
    std::ostringstream text;
    text << steps[0];
    EXPECT_EQ(text.str(), "revision 3, Audited: nothing changed");
}

TEST_F(Diff, of_nobody) {
    EXPECT_TRUE(app.diff<Account>("nobody")->empty());
    EXPECT_EQ(app.diff<Account>("").error().code, Code::invalid_argument);
    EXPECT_EQ(app.diff<Account>("", Revision{1}).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace varve
