// What the conformance suite cannot see from outside: the injected clock, and calls that do not nest.
#include "memory/memory_engine.hpp"

#include <gtest/gtest.h>

#include "memory/flat_calls.hpp"
#include "varve/store.hpp"

namespace varve::memory {
namespace {

class SetClock final : public io::Clock {
public:
    Timestamp now() override { return time; }
    std::chrono::steady_clock::time_point steady_now() override { return std::chrono::steady_clock::now(); }
    Timestamp time{};
};

Timestamp at(int second) {
    return Timestamp{} + std::chrono::seconds(second);
}

TEST(MemoryEngine, commit_times_never_go_back_when_the_clock_does) {
    const auto clock = std::make_shared<SetClock>();
    Store store(memory_engine(clock));
    for (const int second : {10, 20, 5, 30}) {
        clock->time = at(second);
        ASSERT_TRUE(store.append({.events = {{.stream = "a-1", .type = "T"}}}));
    }
    std::vector<Timestamp> times;
    ASSERT_TRUE(store.read({}).value().each([&](const Event& event) { times.push_back(event.created); }));
    EXPECT_EQ(times, (std::vector<Timestamp>{at(10), at(20), at(20), at(30)}));
    EXPECT_EQ(store.position_at(at(9)).value(), Position{0});
    EXPECT_EQ(store.position_at(at(10)).value(), Position{1});
    EXPECT_EQ(store.position_at(at(29)).value(), Position{3});
    EXPECT_EQ(store.info().value().last_time, at(30));
}

TEST(FlatCalls, run_in_order_and_do_not_nest) {
    std::string order;
    run_flat([&] {
        order += "a(";
        run_flat([&] {
            order += "b";
            run_flat([&] { order += "d"; });
        });
        run_flat([&] { order += "c"; });
        order += ")";
    });
    EXPECT_EQ(order, "a()bcd");
}

}  // namespace
}  // namespace varve::memory
