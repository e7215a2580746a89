#include "model/process_runner.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/metadata.hpp"
#include "model/shop_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using shop::Delivery;
using shop::Paid;
using shop::Place;
using shop::Shop;
using std::chrono::hours;

/// A process whose handlers do what the event says.
struct Tick {
    std::string key;
    std::string wish;
};
struct Rung {
    std::string key;
    Json note = {};
};
struct Deep {
    std::string order;
    Json any = {};
};
/// Read alone it is not too deep; in a step it is.
Json deep() {
    return {std::string(126, '[') + std::string(126, ']')};
}
struct Unlisted {
    int number = 0;
};
struct Wild {
    using Hears = Events<Tick>;
    using Starts = Events<Tick>;
    using Sends = Commands<Place, Deep>;
    using Timers = varve::Timers<Rung>;
    static std::optional<std::string> key(const Tick& e) {
        if (e.wish == "throw in key") throw 7;
        if (e.wish == "nobody") return {};
        return e.key;
    }
    int heard = 0;
    inline static bool mended = false;
    Steps on(const Tick& e) {
        ++heard;
        if (e.wish == "throw" && !mended) throw std::runtime_error("as \xff wished");
        if (e.wish == "unlisted command") return send(shop::Ship{"x"});
        if (e.wish == "unlisted timer") return timer("t", hours(1), Unlisted{});
        if (e.wish == "no name") return timer("", hours(1), Rung{});
        if (e.wish == "too far") return timer("t", timer_longest + hours(1), Rung{});
        if (e.wish == "too far for a clock") return timer("t", hours::max(), Rung{});
        if (e.wish == "not a number") {
            return timer("t", std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()), Rung{});
        }
        if (e.wish == "moment too far") return timer("t", Timestamp::max(), Rung{});
        if (e.wish == "day too far") return timer("t", std::chrono::sys_days::max(), Rung{});
        if (e.wish == "too deep") return send(Deep{"x", deep()});
        if (e.wish == "timer too deep") return timer("t", hours(1), Rung{"x", deep()});
        if (e.wish == "no text") return send(Place{"\xff", 1});
        if (e.wish == "too much") {
            Steps many;
            for (int i = 0; i < 5000; ++i) many.add(cancel("t"));
            return many;
        }
        if (e.wish == "too long") return send(Place{std::string(9 << 20, 'x'), 1});
        if (e.wish == "past") return timer("t", -hours(1), Rung{e.key});
        if (e.wish == "long past") return timer("t", Timestamp::min(), Rung{e.key});
        return {};
    }
    Steps on(const Rung& r) { return send(Place{r.key, 1}); }
    Steps on(const Rejected<Place>&) { return {}; }
    Steps on(const Rejected<Deep>&) { return {}; }
};

struct WildShop : Shop {
    WildShop() { restart_wild(); }
    void restart_wild() {
        app = bare(false);
        app = bare(true);
        shop::handle(app);
        app.run<Wild>();
    }
    void tick(const std::string& key, const std::string& wish) {
        auto data = to_json(Tick{key, wish}).value();
        store.append(Commit{}.append("clock-1", Expected::any(), {{.type = "Tick", .data = std::move(data)}})).value();
    }
};

class ProcessRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(ProcessRefuses, what_cannot_be_recorded_quarantines_its_instance_alone) {
    WildShop shop;
    shop.tick("a", "");
    shop.tick("bad", GetParam());
    shop.tick("bad", "");
    shop.tick("a", "");
    shop.settle();
    EXPECT_EQ(shop.app.instance<Wild>("a").value()->heard, 2);
    const ProcessStatus status = shop.status();
    EXPECT_EQ(status.state, ProcessStatus::State::live);
    ASSERT_EQ(status.quarantined.size(), 1U);
    EXPECT_EQ(status.quarantined[0].key, "bad");
    EXPECT_EQ(status.running, 2U);
    shop.restart_wild();
    shop.settle();
    EXPECT_EQ(shop.status().quarantined_count, 1U);
    EXPECT_FALSE(shop.app.retry("Wild", "bad").ok());
    EXPECT_EQ(shop.status().quarantined_count, 1U);
}

INSTANTIATE_TEST_SUITE_P(All, ProcessRefuses,
                         ::testing::Values("throw", "unlisted command", "unlisted timer", "no name", "too far",
                                           "too far for a clock", "not a number", "moment too far", "day too far",
                                           "no text", "too much", "too long", "too deep", "timer too deep"));

TEST(ProcessRunner, an_instance_that_is_retried_hears_what_it_has_missed) {
    WildShop shop;
    shop.tick("a", "");
    shop.tick("a", "throw");
    for (int i = 0; i < 600; ++i) shop.tick(i % 2 == 0 ? "a" : "b", "");
    shop.settle();
    EXPECT_EQ(shop.app.instance<Wild>("b").value()->heard, 300);
    EXPECT_EQ(shop.app.instance<Wild>("a").value()->heard, 1);
    EXPECT_TRUE(shop.app.instance<Wild>("a").value().quarantine.has_value());
    Wild::mended = true;
    const Result<> retried = shop.app.retry("Wild", "a");
    EXPECT_TRUE(retried.ok()) << retried;
    EXPECT_EQ(shop.app.instance<Wild>("a").value()->heard, 302);
    EXPECT_EQ(shop.status().quarantined_count, 0U);
    shop.tick("a", "");
    shop.settle();
    shop.restart_wild();
    shop.settle();
    EXPECT_EQ(shop.app.instance<Wild>("a").value()->heard, 303);
    EXPECT_FALSE(shop.app.instance<Wild>("a").value().quarantine.has_value());
    Wild::mended = false;
}

TEST(ProcessRunner, an_event_that_no_instance_can_be_given_is_named_and_passed_over) {
    WildShop shop;
    const std::vector<std::pair<std::string, std::string>> hostile{
        {"", ""}, {std::string(600, 'x'), ""}, {"a\nb", ""}, {"a", "throw in key"}};
    for (const auto& [key, wish] : hostile) shop.tick(key, wish);
    shop.store.append(Commit{}.append("clock-1", Expected::any(), {{.type = "Tick", .data = "{}"}})).value();
    shop.store.append(Commit{}.append("clock-1", Expected::any(), {{.type = "Tick", .data = "not even JSON"}})).value();
    shop.tick("x", "nobody");
    shop.tick("a", "");
    for (int i = 0; i < 2; ++i) {
        shop.settle();
        EXPECT_EQ(shop.app.instance<Wild>("a").value()->heard, 1);
        const ProcessStatus status = shop.status();
        EXPECT_EQ(status.state, ProcessStatus::State::live);
        ASSERT_EQ(status.unheard.size(), 6U);
        EXPECT_EQ(status.unheard[5].position, Position{5});
        EXPECT_EQ(status.unheard[5].error.code, Code::invalid_argument);
        EXPECT_NE(status.unheard[0].error.message.find("key(Tick) of Wild is empty"), std::string::npos);
        shop.restart_wild();
    }
    shop.settle();
    EXPECT_FALSE(shop.app.retry("Wild", Position{5}).ok());
    EXPECT_EQ(shop.app.retry("Wild", Position{7}).error().code, Code::not_found);
}

TEST(ProcessRunner, a_timer_in_the_past_fires_at_once) {
    WildShop shop;
    shop.tick("a", "past");
    shop.tick("b", "long past");
    shop.settle();
    EXPECT_TRUE(shop.order("a").placed);
    EXPECT_TRUE(shop.order("b").placed);
}

TEST(ProcessRunner, a_command_without_a_handler_waits_for_one) {
    Shop shop;
    shop.app = shop.bare(true);
    shop.app.run<Wild>();
    shop.store
        .append(
            Commit{}.append("clock-1", Expected::any(), {{.type = "Tick", .data = to_json(Tick{"a", "past"}).value()}}))
        .value();
    shop.settle();
    EXPECT_EQ(shop.status().commands, 1U);
    EXPECT_NE(shop.status().last_error->message.find("nobody handles command Place"), std::string::npos);
    shop::handle(shop.app);
    shop.settle();
    EXPECT_TRUE(shop.order("a").placed);
    EXPECT_EQ(shop.status().commands, 0U);
}

/// From an event back to what caused it, as far as that is known: types, the first one first.
std::vector<std::string> way_to(const Store& store, std::string_view type, const std::string& correlation,
                                const std::string& trace) {
    std::map<std::string, std::pair<std::string, std::string>> events;  // id to type and metadata
    std::string at;
    auto cursor = store.read({}).value();
    while (const Event* event = cursor.next()) {
        events[event->id.to_string()] = {std::string(event->type), std::string(event->metadata)};
        if (event->type == type) at = event->id.to_string();
    }
    std::vector<std::string> way;
    while (events.contains(at)) {
        const auto& [name, metadata] = events.at(at);
        way.insert(way.begin(), name);
        EXPECT_EQ(metadata_member(metadata, correlation_member), correlation) << name;
        EXPECT_EQ(trace_of(metadata), trace) << name;
        at = metadata_member(metadata, causation_member).value_or("");
    }
    return way;
}

TEST(ProcessRunner, what_it_causes_leads_back_to_its_cause) {
    const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const CommandOptions request{.correlation_id = "request-7", .trace_parent = trace};
    using Way = std::vector<std::string>;
    for (const bool restarted : {false, true}) {
        Shop shop;
        shop.app.send(Place{"broken", 1}, request).value();
        shop.app.send(Place{"unpaid", 1}, request).value();
        if (restarted) {
            shop.settle();
            shop.restart();
        }
        shop.app
            .send(shop::Pay{"broken"}, {.correlation_id = "request-7", .causation_id = "mail", .trace_parent = trace})
            .value();
        shop.settle();
        // Paid, so it is to be shipped; that is rejected, so it is cancelled.
        EXPECT_EQ(way_to(shop.store, "OrderCancelled", "request-7", trace),
                  (Way{"Paid", "$Heard", "$Answered", "OrderCancelled"}));
        shop.pass(hours(24));
        EXPECT_EQ(way_to(shop.store, "OrderCancelled", "request-7", trace),
                  (Way{"OrderPlaced", "$Heard", "$Fired", "OrderCancelled"}));
    }
}

TEST(ProcessRunner, a_trace_parent_that_somebody_has_mistyped_goes_no_further) {
    Shop shop;
    shop.app.send(Place{"o1", 1}).value();
    shop.store
        .append(
            Commit{}.append("order-o1", Expected::any(),
                            {{.type = "Paid", .data = R"({"order":"o1"})", .metadata = R"({"$traceparent":"oh"})"}}))
        .value();
    shop.settle();
    EXPECT_EQ(shop.order("o1").shipments, 1);
}

TEST(ProcessRunner, an_error_that_may_pass_is_tried_again_and_one_that_does_not_is_heard) {
    Shop shop;
    shop.app = shop.bare(true);
    shop::handle(shop.app);
    shop.app.run<Delivery>();
    int refusals = 3;
    shop.app.use([&](CommandContext& context, const Next& next) -> Result<Receipt> {
        if (context.command() != "Ship" || refusals-- <= 0) return next();
        return Error{.code = Code::unavailable, .message = "the lorry is late"};
    });
    const auto order = [&](const std::string& key) {
        shop.app.send(Place{key, 1}).value();
        shop.app.send(shop::Pay{key}).value();
        shop.settle();
    };
    order("o1");
    EXPECT_FALSE(shop.order("o1").shipped);
    EXPECT_NE(shop.status().last_error->message.find("the lorry is late"), std::string::npos);
    for (int i = 0; i < 3; ++i) shop.pass(hours(1));
    EXPECT_EQ(shop.order("o1").shipments, 1);
    refusals = 1000;
    order("o2");
    for (int i = 0; i < send_attempts; ++i) shop.pass(hours(1));
    EXPECT_EQ(shop.order("o2").cancellations, 1);
    EXPECT_EQ(refusals, 1000 - send_attempts);
}

TEST(ProcessRunner, begins_where_the_last_checkpoint_says) {
    Shop shop;
    shop.app.send(Place{"early", 1}).value();
    Commit noise;
    for (std::uint64_t i = 0; i < 2 * checkpoint_events; ++i)
        noise.events.push_back({.stream = "noise-1", .type = "N"});
    shop.store.append(noise).value();
    shop.app.send(Place{"late", 1}).value();
    shop.settle();
    EXPECT_TRUE(shop.store.stream("$process-delivery").value().has_value());
    shop.restart();
    shop.settle();
    EXPECT_EQ(shop.status().timers, 4U);
    EXPECT_EQ(shop.status().running, 2U);
    shop.pass(hours(24));
    EXPECT_EQ(shop.order("early").cancellations, 1);
    EXPECT_EQ(shop.status().running, 0U);
    shop.store.append(noise).value();
    shop.settle();
    shop.restart();
    shop.settle();
    EXPECT_EQ(shop.status().running, 0U);
    EXPECT_EQ(shop.status().timers, 0U);
    auto kept = shop.store.read({.source = Stream{"$process-delivery"}}).value();
    EXPECT_EQ(kept.next()->type, "$Checkpoint");
}

TEST(ProcessRunner, two_apps_on_one_store_do_each_step_once) {
    Shop shop;
    App other = shop.wired(true);
    for (int i = 0; i < 100; ++i) {
        const std::string key = (i % 10 == 0 ? "broken" : "o") + std::to_string(i);
        shop.app.send(Place{key, 1}).value();
        other.send(shop::Pay{key}).value();
    }
    shop.settle();
    other.settle().value();
    shop.settle();
    for (int i = 0; i < 100; ++i) {
        const auto key = (i % 10 == 0 ? "broken" : "o") + std::to_string(i);
        EXPECT_EQ(shop.order(key).shipments, i % 10 == 0 ? 0 : 1) << key;
        EXPECT_EQ(shop.order(key).cancellations, i % 10 == 0 ? 1 : 0) << key;
    }
}

TEST(ProcessRunner, what_it_has_heard_and_is_gone_is_named) {
    const TempFolder folder;
    Shop shop(folder.file("shop"));
    shop.app.send(Place{"o1", 1}).value();
    shop.settle();
    shop.store.remove("order-o1").value();
    shop.store.compact().value();
    const auto folded = shop.app.instance<Delivery>("o1");
    ASSERT_FALSE(folded.ok());
    EXPECT_EQ(folded.error().code, Code::not_found);
    EXPECT_NE(folded.error().message.find("retention has removed it"), std::string::npos) << folded.error();
    shop.restart();
    shop.pass(hours(24));
    EXPECT_EQ(shop.status().quarantined_count, 1U);
    EXPECT_EQ(shop.status().state, ProcessStatus::State::live);
}

}  // namespace
}  // namespace varve
