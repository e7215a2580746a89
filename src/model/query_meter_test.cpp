#include "model/query_meter.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

TEST(QueryMeter, counts_from_many_threads) {
    QueryMeter meter;
    std::vector<std::thread> threads;
    for (int thread = 1; thread <= 4; ++thread) {
        threads.emplace_back([&meter, thread] {
            for (int i = 0; i < 1000; ++i) meter.add(i % 10 != 0, std::chrono::microseconds(thread));
            meter.refused();
        });
    }
    for (std::thread& thread : threads) thread.join();
    QueryStatus status;
    meter.read(status);
    EXPECT_EQ(status.asked, 4004U);
    EXPECT_EQ(status.failed, 404U);
    EXPECT_EQ(status.total, std::chrono::milliseconds(10));
    EXPECT_EQ(status.slowest, std::chrono::microseconds(4));
}

struct Everybody {
    using Answers = int;
};

TEST(QueryMeter, tells_what_each_query_of_an_app_has_seen) {
    App app = bank::in_memory();
    EXPECT_TRUE(app.queries().empty());
    app.project<bank::Balances>();
    app.answer<Everybody>("broken", [](const Everybody&) -> int { throw std::runtime_error("boom"); });
    app.answer<Everybody>("sound", [](const Everybody&) { return 1; });
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(app.ask(bank::BalanceOf{"a1"}).ok());
    const auto late = app.ask(bank::BalanceOf{"a1"}, after(Position{7}, std::chrono::milliseconds(0)));
    EXPECT_EQ(late.error().code, Code::deadline_exceeded);
    app.watch(bank::TotalOfAll{})->next().value();
    app.gather(Everybody{}, {.limit = std::chrono::seconds(20)}).value();

    const auto all = app.queries();
    std::vector<std::string> lines;
    for (const QueryStatus& each : all) {
        lines.push_back(each.query + " of " + each.answered_by + ": " + std::to_string(each.asked) + ", " +
                        std::to_string(each.failed));
        EXPECT_GT(each.total.count(), 0);
        EXPECT_LE(each.slowest, each.total);
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"BalanceOf of Balances: 4, 1", "Everybody of broken: 1, 1",
                                               "Everybody of sound: 1, 0", "TotalOfAll of Balances: 1, 0"}));
}

}  // namespace
}  // namespace varve
