#include <gtest/gtest.h>

#include "varve/store.hpp"

namespace varve {
namespace {

void expect_refused(const std::string& where, const OpenOptions& options, std::string_view word) {
    const auto opened = open(where, options);
    ASSERT_FALSE(opened) << where;
    EXPECT_EQ(opened.error().code, Code::invalid_argument);
    EXPECT_NE(opened.error().message.find(word), std::string::npos) << opened.error();
}

TEST(Opening, memory_stores_are_each_their_own) {
    auto one = open("memory:").value();
    auto other = open("memory:").value();
    ASSERT_TRUE(one.append({.events = {{.stream = "a-1", .type = "T"}}}));
    EXPECT_EQ(one.head(), Position{1});
    EXPECT_EQ(other.head(), Position{0});
    EXPECT_NE(one.info().value().id, other.info().value().id);
}

TEST(Opening, copies_of_a_handle_share_the_store) {
    auto one = open("memory:").value();
    auto other = one;
    ASSERT_TRUE(one.append({.events = {{.stream = "a-1", .type = "T"}}}));
    EXPECT_EQ(other.head(), Position{1});
}

TEST(Opening, what_cannot_be_opened_is_said) {
    expect_refused("", {}, "path of a folder");
    expect_refused("memory:bank", {}, "'memory:bank'");
    expect_refused("memory:", {.read_only = true}, "read-only");
    expect_refused("varve://localhost:2113", {}, "'varve'");
    expect_refused(std::string("./bank\0/other", 13), {}, "zero byte");
    expect_refused(std::string("memory:\0", 8), {}, "memory");
    expect_refused("./bank", {.segment_bytes = 1}, "segment_bytes");
    expect_refused("./bank", {.segment_bytes = 2ULL << 30}, "segment_bytes");
    expect_refused("./bank", {.durability = Durability::volatile_}, "volatile");
}

}  // namespace
}  // namespace varve
