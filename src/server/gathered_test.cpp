#include "server/gathered.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace varve::server {
namespace {

TEST(Gathered, is_bounded_over_all_and_given_back) {
    Gathered all;
    std::optional<Gathered::Share> one(std::in_place, all);
    Gathered::Share other(all);
    EXPECT_TRUE(one->add(Gathered::bytes_max / 2));
    EXPECT_FALSE(other.add(Gathered::bytes_max / 2)) << "with what each event takes beside its bytes";
    EXPECT_TRUE(other.add(1000)) << "a refusal takes nothing";
    one.reset();
    EXPECT_TRUE(other.add(Gathered::bytes_max / 2));
}

TEST(Gathered, many_small_events_are_not_free) {
    Gathered all;
    Gathered::Share share(all);
    std::size_t events = 0;
    while (share.add(0)) ++events;
    EXPECT_LE(events, Gathered::bytes_max / 100);
}

}  // namespace
}  // namespace varve::server
