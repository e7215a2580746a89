// What the cache of entities spares, and what it must not hide. That it never changes an answer: tests/model.
#include "model/loaded_entity.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

struct Counted {
    std::string counter;
    std::int64_t by = 0;
    std::vector<std::string> tags() const { return {"counter:" + counter}; }
};
struct Counter {
    using Events = varve::Events<Counted>;
    static inline std::atomic<int> folded = 0;
    std::int64_t total = 0;
    void evolve(const Counted& e) {
        ++folded;
        if (e.by < 0) throw std::runtime_error("it does not go back");
        total += e.by;
    }
};
/// The same, from wherever the tag is.
struct Tagged : Counter {
    static constexpr std::string_view category = "tagged";
    static Query facts(const std::string& counter) { return {{{.tags = {"counter:" + counter}}}}; }
};
struct Add {
    std::string counter;
    std::int64_t by = 0;
    std::int64_t most = 1'000'000;
};
struct AddTagged {
    std::string counter;
    std::int64_t by = 0;
    std::int64_t most = 1'000'000;
};

template <class C, class S>
Decision add(const C& c, const S& state) {
    if (state.total + c.by > c.most) return reject("counter.full", std::to_string(state.total));
    if (c.by == 0) return accept();
    return accept(Counted{c.counter, c.by});
}

class Cache : public ::testing::Test {
protected:
    Cache() { folded(); }
    static App app_of(const Store& store, std::size_t cached_entities = 100) {
        App app{store, {.cached_entities = cached_entities}};
        app.handle<Add, Counter>(&Add::counter, &add<Add, Counter>);
        return app;
    }
    /// So many events were folded since the last time.
    static int folded() { return Counter::folded.exchange(0); }
    void append(std::int64_t by) {
        store_
            .append(
                Commit{}.append("counter-c", Expected::any(),
                                {{.type = "Counted", .data = R"({"counter":"c","by":)" + std::to_string(by) + "}"}}))
            .value();
    }

    Store store_ = open("memory:").value();
    App app_ = app_of(store_);
};

TEST_F(Cache, a_hot_entity_is_not_loaded_again) {
    for (int i = 0; i < 50; ++i) append(1);
    app_.send(Add{"c", 1}).value();
    EXPECT_EQ(folded(), 51) << "once all, and what was decided";
    for (int i = 0; i < 20; ++i) app_.send(Add{"c", 1}).value();
    EXPECT_EQ(folded(), 20);
    EXPECT_EQ(app_.load<Counter>("c").value()->total, 71);
}

TEST_F(Cache, without_one_all_is_folded_each_time) {
    App plain = app_of(store_, 0);
    for (int i = 0; i < 10; ++i) plain.send(Add{"c", 1}).value();
    EXPECT_EQ(folded(), 45);
}

TEST_F(Cache, of_another_writer_only_the_new_events_are_folded) {
    for (int i = 0; i < 10; ++i) app_.send(Add{"c", 1}).value();
    folded();
    append(100);
    EXPECT_EQ(app_.send(Add{"c", 1}).value().streams.front().last, Revision{11});
    EXPECT_EQ(folded(), 2);
    EXPECT_EQ(app_.load<Counter>("c").value()->total, 111);
}

TEST_F(Cache, a_rejection_knows_what_others_wrote) {
    app_.send(Add{"c", 1}).value();
    append(100);
    EXPECT_EQ(app_.send(Add{"c", 1, 50}).error().message, "101");
    append(100);
    EXPECT_EQ(app_.send(Add{"c", 0}).value().first, store_.head());
    append(100);
    EXPECT_TRUE(app_.send(Add{"c", 1, 400}).ok());
}

TEST_F(Cache, a_rejection_that_is_out_of_date_is_none) {
    app_.send(Add{"c", 90}).value();
    EXPECT_FALSE(app_.send(Add{"c", 20, 100}).ok());
    store_.remove("counter-c").value();
    EXPECT_TRUE(app_.send(Add{"c", 20, 100}).ok());
}

TEST_F(Cache, a_state_whose_evolve_failed_is_not_kept) {
    app_.send(Add{"c", 1}).value();
    const auto first = app_.send(Add{"c", -1});
    EXPECT_TRUE(first.ok()) << "it is written before anybody knows that it does not fold: " << first;
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(
            app_.send(Add{"c", 1}).error().message,
            "command Add: stream 'counter-c' revision 1: evolve of Counter with Counted threw: it does not go back");
    }
    store_.keep("counter-c", {.truncate_before = Revision{2}}).value();
    EXPECT_TRUE(app_.send(Add{"c", 1}).ok());
    EXPECT_EQ(app_.load<Counter>("c").value()->total, 1);
}

TEST_F(Cache, other_streams_may_have_settings) {
    app_.send(Add{"c", 1}).value();
    folded();
    store_.keep("counter-d", {.max_count = 1}).value();
    app_.send(Add{"c", 1}).value();
    EXPECT_EQ(folded(), 1);
    for (int i = 0; i < 5; ++i) app_.send(Add{"d", 1}).value();
    EXPECT_EQ(folded(), 4) << "its events go as new ones come: it is folded anew each time, from the one that is left";
}

TEST_F(Cache, what_a_query_finds_is_not_loaded_again) {
    app_.handle<AddTagged, Tagged>(&AddTagged::counter, &add<AddTagged, Tagged>);
    for (int i = 0; i < 5; ++i) app_.send(Add{"c", 1}).value();
    folded();
    app_.send(AddTagged{"c", 1}).value();
    EXPECT_EQ(folded(), 6);
    for (int i = 0; i < 5; ++i) app_.send(AddTagged{"c", 1}).value();
    EXPECT_EQ(folded(), 5);
    app_.send(Add{"c", 1}).value();
    folded();
    EXPECT_EQ(app_.send(AddTagged{"c", 1, 1}).error().message, "12") << "an event of another stream has the tag too";
    EXPECT_EQ(folded(), 1);
}

TEST_F(Cache, many_senders_and_another_writer_lose_nothing_with_room_for_few) {
    App cramped = app_of(store_, 2);
    App other = app_of(store_, 2);
    constexpr int threads = 6;
    constexpr int each = 200;
    {
        std::vector<std::jthread> senders;
        for (int sender = 0; sender < threads; ++sender) {
            senders.emplace_back([&, sender] {
                App& app = sender % 3 == 0 ? other : cramped;
                for (int i = 0; i < each; ++i) {
                    auto sent = app.send(Add{std::to_string((sender + i) % 5), 1});
                    while (!sent.ok() && sent.error().code == Code::aborted) {
                        sent = app.send(Add{std::to_string((sender + i) % 5), 1});
                    }
                    EXPECT_TRUE(sent.ok()) << sent;
                }
            });
        }
    }
    std::int64_t total = 0;
    for (int i = 0; i < 5; ++i) total += app_.load<Counter>(i).value()->total;
    EXPECT_EQ(total, threads * each);
}

}  // namespace
}  // namespace varve
