#include "varve/testing_schema.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "model/temp_folder_fixture.hpp"

namespace varve::testing {
namespace {

namespace yesterday {
struct Paid {
    std::string account;
    std::int64_t cents;
};
}  // namespace yesterday
namespace today {
struct Paid {
    std::string account;
    double cents;
};
}  // namespace today

Schema parse(const std::string& lines) {
    return Schema::parse(lines).value();
}

/// The sentences of what changed between two schemas of one event each, `!` before those that are not compatible.
std::string changes(const std::string& stored, const std::string& now) {
    std::string text;
    for (const SchemaChange& change : schema_changes(parse(stored), parse(now))) {
        text += (change.compatible ? "" : "!") + change.sentence + "\n";
    }
    return text;
}

std::string change_of_type(const std::string& old, const std::string& now) {
    return changes("event Paid sum: " + old, "event Paid sum: " + now);
}

TEST(SchemaChanges, a_changed_type_is_told_with_what_to_do) {
    EXPECT_EQ(change_of_type("int64", "double"),
              "!field `sum` of event Paid changed from int64 to double: what is stored has the old shape; keep the old "
              "struct, with an upcaster, and give Paid a new version (docs/schema.md); or, if none was ever stored, "
              "accept it with VARVE_ACCEPT_SCHEMA=1\n");
    EXPECT_EQ(
        changes("command Pay sum: int64", "command Pay sum: text"),
        "!field `sum` of command Pay changed from int64 to text: what is stored has the old shape; keep Pay as it "
        "is, and give the new shape another name; or, if none was ever stored, accept it with "
        "VARVE_ACCEPT_SCHEMA=1\n");
}

TEST(SchemaChanges, what_reads_all_that_was_stored_is_compatible) {
    struct Case {
        std::string old, now;
        bool compatible;
    };
    for (const Case& one : {
             Case{"int32", "int64", true},
             Case{"uint32", "int64", true},
             Case{"uint64", "int64", false},
             Case{"int64", "int32", false},
             Case{"int32", "uint64", false},
             Case{"float", "double", true},
             Case{"double", "float", false},
             Case{"text", "optional text", true},
             Case{"optional text", "text", false},
             Case{"optional int32", "optional int64", true},
             Case{"list of int32", "list of int64", true},
             Case{"list of int64", "int64", false},
             Case{"int64", "list of int64", false},
             Case{"text", "personal text", false},
             Case{"personal text", "text", false},
             Case{"enum green|red", "enum blue|green|red", true},
             Case{"enum blue|green|red", "enum green|red", false},
             Case{"enum red", "text", false},
             Case{"duration in 1 s of int64", "duration in 1/1000 s of int64", false},
         }) {
        const std::string told = change_of_type(one.old, one.now);
        EXPECT_EQ(!told.starts_with("!"), one.compatible) << told;
        EXPECT_FALSE(told.empty());
    }
}

TEST(SchemaChanges, a_new_field_must_be_optional) {
    EXPECT_EQ(changes("event Paid sum: int64", "event Paid sum: int64\nevent Paid note: optional text"),
              "field `note` of event Paid is new (optional text), and absent in what is stored\n");
    const std::string told = changes("event Paid sum: int64", "event Paid sum: int64\nevent Paid note: text");
    EXPECT_TRUE(
        told.starts_with("!field `note` of event Paid is new (text): what is stored does not have it; make it "
                         "std::optional; or keep the old struct"))
        << told;
}

TEST(SchemaChanges, a_removed_field_is_refused_for_it_may_be_a_careless_rename) {
    const std::string told = changes("event Paid note: optional text\nevent Paid sum: int64",
                                     "event Paid remark: optional text\nevent Paid sum: int64");
    EXPECT_NE(told.find("!field `note` of event Paid was removed"), std::string::npos) << told;
}

TEST(SchemaChanges, of_a_record_in_a_record_the_innermost_change_is_told_once) {
    const std::string record = "event Paid to: record\nevent Paid to.street: text\n";
    EXPECT_EQ(changes(record + "event Paid to.town: text", record + "event Paid to.town: optional text"),
              "field `to.town` of event Paid changed from text to optional text, which reads whatever was stored\n");
    const std::string new_record = changes("event Paid sum: text", "event Paid sum: text\n" + record);
    EXPECT_TRUE(new_record.starts_with("!field `to` of")) << new_record;
    EXPECT_EQ(new_record.find("to.street"), std::string::npos) << new_record;
    const std::string optional = "event Paid to: optional record\nevent Paid to.street: text\n";
    EXPECT_TRUE(changes("event Paid sum: text", "event Paid sum: text\n" + optional).starts_with("field `to` of"));
    const std::string gone = changes(record, "event Paid to: text");
    EXPECT_EQ(gone.find("to.street"), std::string::npos) << gone;
    EXPECT_TRUE(gone.starts_with("!field `to` of event Paid changed from record to text")) << gone;
}

TEST(SchemaChanges, one_alternative_more_is_compatible) {
    const std::string before = "event Drawn what: one of Circle\nevent Drawn what.Circle: record\n";
    const std::string after =
        "event Drawn what: one of Circle|Square\nevent Drawn what.Circle: record\n"
        "event Drawn what.Square: record\nevent Drawn what.Square.side: float\n";
    EXPECT_EQ(changes(before, after).find('!'), std::string::npos) << changes(before, after);
    EXPECT_EQ(changes(after, before).front(), '!');
}

TEST(SchemaChanges, events_come_and_do_not_go) {
    EXPECT_EQ(changes("event Paid sum: int64", "event Paid sum: int64\nevent Refunded sum: int64"),
              "event Refunded is new\n");
    EXPECT_EQ(
        changes("event Paid sum: int64\nevent Refunded sum: int64", "event Paid sum: int64"),
        "!event Refunded is gone: those that were stored would be read by nobody; list it in a reader's Events, or "
        "name its struct as the old version of another one; or, if none was ever stored, accept it with "
        "VARVE_ACCEPT_SCHEMA=1\n");
}

class CheckSchema : public ::testing::Test {
protected:
    static constexpr SchemaCheck desk{.ci = false, .accept = false};
    static constexpr SchemaCheck ci{.ci = true, .accept = false};

    [[nodiscard]] std::string content() const {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }
    [[nodiscard]] std::optional<std::string> mismatch(const Schema& schema, const SchemaCheck& check) const {
        try {
            check_schema(path, schema, check);
            return {};
        } catch (const Mismatch& thrown) {
            return thrown.what();
        }
    }

    TempFolder folder;
    std::string path = folder.file("schema.lock");
    Schema before = parse("event Paid sum: int64");
    Schema wider = parse("event Paid sum: int64\nevent Paid note: optional text");
    Schema other = parse("event Paid sum: double");
};

TEST_F(CheckSchema, writes_what_is_absent_and_what_is_behind) {
    EXPECT_EQ(mismatch(before, desk), std::nullopt);
    EXPECT_EQ(content(), before.text());
    EXPECT_EQ(mismatch(wider, desk), std::nullopt);
    EXPECT_EQ(content(), wider.text());
    EXPECT_EQ(mismatch(wider, ci), std::nullopt);
}

TEST_F(CheckSchema, under_ci_nothing_is_written) {
    const auto absent = mismatch(before, ci);
    ASSERT_TRUE(absent);
    EXPECT_NE(absent->find("run this test at your desk and commit the file"), std::string::npos) << *absent;
    EXPECT_FALSE(std::filesystem::exists(path));
    check_schema(path, before, desk);
    const auto behind = mismatch(wider, ci);
    ASSERT_TRUE(behind);
    EXPECT_NE(behind->find("run this test at your desk"), std::string::npos) << *behind;
    EXPECT_NE(behind->find("field `note` of event Paid is new"), std::string::npos) << *behind;
    EXPECT_TRUE(mismatch(other, {.ci = true, .accept = true}));
    EXPECT_EQ(content(), before.text());
}

TEST_F(CheckSchema, a_change_without_an_upcaster_fails_until_somebody_accepts_it) {
    check_schema(path, before, desk);
    for (const SchemaCheck& check : {desk, ci}) {
        const auto told = mismatch(other, check);
        ASSERT_TRUE(told);
        EXPECT_NE(told->find("  ! field `sum` of event Paid changed from int64 to double"), std::string::npos) << *told;
    }
    EXPECT_EQ(content(), before.text());
    EXPECT_EQ(mismatch(other, {.ci = false, .accept = true}), std::nullopt);
    EXPECT_EQ(content(), other.text());
}

TEST_F(CheckSchema, a_field_that_a_struct_has_changed_is_told_in_one_sentence) {
    check_schema(path, schema<Events<yesterday::Paid>>(), desk);
    const auto told = mismatch(schema<Events<today::Paid>>(), desk);
    ASSERT_TRUE(told);
    EXPECT_NE(
        told->find("  ! field `cents` of event Paid changed from int64 to double: what is stored has the old shape; "
                   "keep the old struct, with an upcaster, and give Paid a new version"),
        std::string::npos)
        << *told;
}

TEST_F(CheckSchema, a_file_that_is_no_schema_is_an_error) {
    std::ofstream(path) << "<<<<<<< ours\n";
    EXPECT_THROW(check_schema(path, before, desk), Failure);
    for (const char* empty : {"", "\n", "\r \t\r\n"}) {
        std::ofstream(path, std::ios::trunc | std::ios::binary) << empty;
        try {
            check_schema(path, before, {.ci = false, .accept = true});
            FAIL() << "it was taken";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.error().code, Code::data_loss);
            EXPECT_NE(failure.error().message.find("is empty, so nobody knows what is stored"), std::string::npos);
        }
        EXPECT_EQ(content(), empty) << "nothing is written to it";
    }
    EXPECT_THROW(check_schema(folder.file("no/folder/schema.lock"), before, desk), Failure);
    EXPECT_THROW(check_schema(folder.file(""), before, desk), Failure);
}

}  // namespace
}  // namespace varve::testing
