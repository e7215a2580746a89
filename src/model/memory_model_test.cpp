#include "model/memory_model.hpp"

#include <gtest/gtest.h>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

using bank::Balances;

TEST(MemoryModel, shows_no_half_of_a_batch_that_failed) {
    MemoryModel model(detail::projection_type<Balances>());
    const auto rows = [&](Position seen) {
        std::size_t count = 0;
        const auto position = model.read(
            seen, [&](const void* projection) { count = static_cast<const Balances*>(projection)->balances.size(); });
        return position.ok() ? Result<std::size_t>(count) : Result<std::size_t>(position.error());
    };
    model.begin().value();
    static_cast<Balances*>(model.target())->on(bank::Opened{"a1", "Ann"});
    model.commit(Position{1}).value();
    EXPECT_EQ(rows(Position{1}).value(), 1U);

    // Who has waited for the batch comes before the worker can say that the projection failed.
    model.begin().value();
    static_cast<Balances*>(model.target())->on(bank::Opened{"a2", "Bob"});
    model.abandon();
    const auto half = rows(Position{1});
    ASSERT_FALSE(half.ok());
    EXPECT_EQ(half.error().code, Code::failed_precondition);
}

}  // namespace
}  // namespace varve
