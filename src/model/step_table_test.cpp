#include "varve/detail/step_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace varve::detail {
namespace {

TEST(NameIndex, finds_each_name_and_no_other) {
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) names.push_back("SomethingHasHappened.v" + std::to_string(i));
    for (const char* name : {"", "A", "Paid", "Deposited", "deposited", "Deposited.v2", "depositeD"}) {
        names.emplace_back(name);
    }
    const NameIndex index({names.begin(), names.end()});
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(index.find(names[i]), i) << names[i];
    for (const char* name : {"B", "Pai", "Paid ", "SomethingHasHappened.v300", "SomethingHasHappenee.v1"}) {
        EXPECT_EQ(index.find(name), NameIndex::none) << name;
    }
}

TEST(NameIndex, names_with_the_same_ends_are_told_apart) {
    const NameIndex index({"beginningONEtheending", "beginningTWOtheending"});
    EXPECT_EQ(index.find("beginningONEtheending"), 0u);
    EXPECT_EQ(index.find("beginningTWOtheending"), 1u);
    EXPECT_EQ(index.find("beginningSIXtheending"), NameIndex::none);
}

TEST(NameIndex, without_a_name_nothing_is_found) {
    EXPECT_EQ(NameIndex({}).find("Deposited"), NameIndex::none);
    EXPECT_EQ(NameIndex({}).find(""), NameIndex::none);
}

}  // namespace
}  // namespace varve::detail
