#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "varve/codec.hpp"
#include "varve/personal.hpp"

// Outside of the unnamed namespace, which clang would have every name of used.
namespace described {

struct Leaf {
    std::string text;
    int number = 0;
};
/// Holds itself.
struct Tree {
    std::string name;
    std::vector<Tree> branches;
};
struct Kept {
    std::map<std::string, std::vector<std::optional<Leaf>>> leaves;
};
struct Pointing {
    std::vector<std::unique_ptr<int>> them;
};
struct Fixed {
    const int number = 1;
};
struct Hidden {
    explicit Hidden(int value) : number(value) {}
    int number;
};
struct Owned {
    std::string id;
    std::vector<varve::Personal<std::string>> names;
    [[nodiscard]] std::string subject() const { return id; }
};
struct Around {
    std::optional<Owned> owned;
};
struct Unowned {
    std::map<std::string, varve::Personal<int>> ages;
};
struct PersonalTree {
    varve::Personal<std::string> name;
    std::vector<PersonalTree> branches;
};

}  // namespace described

template <>
struct varve::codec<described::Hidden> {
    static int encode(const described::Hidden& hidden) { return hidden.number; }
    static described::Hidden decode(int number) { return described::Hidden(number); }
};

namespace varve::detail {
namespace {

TEST(JsonRecord, WhatCanBeStoredIsToldWithoutStoppingTheBuild) {
    EXPECT_TRUE(storable<described::Leaf>);
    EXPECT_TRUE(storable<described::Tree>);
    EXPECT_TRUE(storable<described::Kept>);
    EXPECT_TRUE(storable<described::Hidden>);
    EXPECT_TRUE(storable<std::vector<described::Hidden>>);
    EXPECT_FALSE(storable<described::Pointing>);
    EXPECT_FALSE(storable<described::Fixed>);
    EXPECT_FALSE(storable<std::string_view>);
    EXPECT_FALSE((storable<std::map<int, int>>));
    EXPECT_FALSE((storable<std::variant<int, std::string>>));
    EXPECT_FALSE(storable<int*>);
}

TEST(JsonRecord, PersonalValuesAreFoundAtAnyDepth) {
    EXPECT_FALSE(holds_personal<described::Tree>);
    EXPECT_TRUE(holds_personal<described::Owned>);
    EXPECT_FALSE(holds_unowned_personal<described::Owned>);
    EXPECT_TRUE(holds_personal<described::Around>);
    EXPECT_FALSE(holds_unowned_personal<described::Around>);
    EXPECT_TRUE(holds_unowned_personal<described::Unowned>);
    EXPECT_TRUE(holds_unowned_personal<described::PersonalTree>);
}

TEST(JsonRecord, ATypeThatHoldsItselfIsWrittenAndRead) {
    const described::Tree tree{"root", {{"left", {{"leaf", {}}}}, {"right", {}}}};
    const std::string json = to_json(tree).value();
    EXPECT_EQ(json, R"({"name":"root","branches":[{"name":"left","branches":[{"name":"leaf","branches":[]}]},)"
                    R"({"name":"right","branches":[]}]})");
    EXPECT_EQ(to_json(from_json<described::Tree>(json).value()).value(), json);
}

TEST(JsonRecord, AnAbsentOptionalFieldLosesItsDefault) {
    struct WithDefault {
        std::optional<int> number = 5;
    };
    EXPECT_FALSE(from_json<WithDefault>("{}")->number.has_value());
}

}  // namespace
}  // namespace varve::detail
