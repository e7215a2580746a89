#include "model/entity_cache.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

const detail::StateType& account = detail::state_type<bank::Account>();

/// A command that leaves a state behind.
void use(EntityCache& cache, const std::string& stream) {
    TurnQueue::Holder holder;
    EntityCache::Entity* entity = cache.take(stream, "Use", Deadline::max(), {}, holder);
    static_cast<void>(entity->recall(account));
    entity->keep({.type = &account, .state = account.make()});
    cache.leave(*entity);
}

bool knows(EntityCache& cache, const std::string& stream) {
    EntityCache::Entity* entity = cache.try_take(stream, "Look");
    FoldedState state = entity->recall(account);
    const bool known = state.state != nullptr;
    if (known) entity->keep(std::move(state));
    cache.leave(*entity);
    return known;
}

TEST(EntityCache, keeps_as_many_as_it_may_and_the_last_used) {
    EntityCache cache(3, nullptr);
    for (const std::string name : {"a", "b", "c"}) use(cache, name);
    use(cache, "a");
    use(cache, "d");
    EXPECT_EQ(cache.idle(), 3U);
    EXPECT_FALSE(knows(cache, "b"));
    for (const std::string name : {"a", "c", "d"}) EXPECT_TRUE(knows(cache, name)) << name;
}

TEST(EntityCache, keeps_nothing_when_it_may_not) {
    EntityCache cache(0, nullptr);
    EXPECT_FALSE(cache.keeps());
    use(cache, "a");
    EXPECT_EQ(cache.idle(), 0U);
    EXPECT_FALSE(knows(cache, "a"));
}

TEST(EntityCache, an_entity_without_a_state_takes_no_room) {
    EntityCache cache(3, nullptr);
    EXPECT_FALSE(knows(cache, "a"));
    EXPECT_EQ(cache.idle(), 0U);
}

TEST(EntityCache, one_that_is_in_use_stays) {
    EntityCache cache(1, nullptr);
    use(cache, "a");
    EntityCache::Entity* busy = cache.try_take("a", "Use");
    ASSERT_NE(busy, nullptr);
    EXPECT_EQ(cache.try_take("a", "Use"), nullptr);
    for (const std::string name : {"b", "c", "d"}) use(cache, name);
    EXPECT_EQ(busy->stream(), "a");
    FoldedState state = busy->recall(account);
    EXPECT_NE(state.state, nullptr);
    busy->keep(std::move(state));
    cache.leave(*busy);
    EXPECT_TRUE(knows(cache, "a"));
    EXPECT_EQ(cache.idle(), 1U);
}

TEST(EntityCache, holds_its_bound_under_load) {
    EntityCache cache(600, nullptr);
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&cache, thread] {
                for (int i = 0; i < 5000; ++i) use(cache, std::to_string((i * 7 + thread * 13) % 3000));
            });
        }
    }
    EXPECT_LE(cache.idle(), 600U);
    EXPECT_GT(cache.idle(), 500U);
}

}  // namespace
}  // namespace varve
