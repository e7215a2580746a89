#include "net/budget.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace varve::net {
namespace {

class BudgetTest : public testing::Test {
protected:
    BudgetTest() {
        limits_.connection_bytes = 1000;
        limits_.all_bytes = 8000;
    }
    void connect(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) budgets_.push_back(std::make_unique<Budget>(limits_, tally_));
        tally_.connections = budgets_.size();
    }

    ServerLimits limits_;
    Tally tally_;
    std::vector<std::unique_ptr<Budget>> budgets_;
};

TEST_F(BudgetTest, a_connection_has_its_own_bound) {
    connect(1);
    EXPECT_TRUE(budgets_[0]->take(1000));
    EXPECT_FALSE(budgets_[0]->take(1));
    EXPECT_TRUE(budgets_[0]->take(0));
    EXPECT_TRUE(budgets_[0]->tight());
    budgets_[0]->give_back(600);
    EXPECT_FALSE(budgets_[0]->tight());
    EXPECT_TRUE(budgets_[0]->take(600));
    EXPECT_EQ(tally_.buffered_bytes, 1000U);
}

TEST_F(BudgetTest, what_a_connection_held_goes_with_it) {
    connect(1);
    EXPECT_TRUE(budgets_[0]->take(500));
    budgets_.clear();
    EXPECT_EQ(tally_.buffered_bytes, 0U);
}

TEST_F(BudgetTest, all_together_stay_below_the_bound_and_the_small_are_served) {
    connect(100);
    std::size_t served = 0;
    for (std::size_t i = 0; i < 50; ++i) {
        while (budgets_[i]->take(100)) ++served;
    }
    EXPECT_EQ(served, 40U);
    for (std::size_t i = 50; i < 100; ++i) EXPECT_TRUE(budgets_[i]->take(40)) << i;
    EXPECT_FALSE(budgets_[50]->take(1));
    EXPECT_FALSE(budgets_[0]->take(1));
    EXPECT_LE(tally_.buffered_bytes, limits_.all_bytes);
}

TEST_F(BudgetTest, it_is_tight_before_anything_is_refused_and_never_for_who_holds_nothing) {
    connect(10);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_TRUE(budgets_[i]->take(300));
    EXPECT_TRUE(budgets_[0]->tight());
    EXPECT_TRUE(budgets_[0]->take(50));
    EXPECT_FALSE(budgets_[9]->tight());
    budgets_[0]->give_back(350);
    EXPECT_FALSE(budgets_[0]->tight());
}

}  // namespace
}  // namespace varve::net
