#include "evolution/now.hpp"

#include <gtest/gtest.h>

#include "varve/testing_schema.hpp"

namespace now {
namespace {

using namespace varve::testing;

/// Take a field away from then::Deposited, and this tells what that would do to the log.
TEST(Now, reads_all_that_was_ever_stored) {
    varve::App bank{varve::open("memory:").value()};
    wire(bank);
    check_schema("schema.lock", bank.schema());
}

TEST(Now, takes_old_amounts_for_cents) {
    EXPECT_EQ(given<Account>(then::Transferred{"ann", "bob", 30.05}).state().paid_out, 3'005);
}

}  // namespace
}  // namespace now
