#include "varve/detail/unknown.hpp"

#include <gtest/gtest.h>

#include "model/evolved_bank_fixture.hpp"
#include "varve/testing.hpp"
#include "varve/testing_clock.hpp"

namespace varve {
namespace {

struct Opened {
    std::string account;
};
struct Frozen {};

struct Lenient {
    using Events = varve::Events<Opened>;
    static constexpr std::string_view category = "account";
    int opened = 0;
    void evolve(const Opened&) { ++opened; }
};
struct Blind : Lenient {
    static constexpr auto unknown = Unknown::skip;
};
struct Strict {
    using Events = varve::Events<Opened>;
    using Ignores = varve::Events<Frozen>;
    static constexpr auto unknown = Unknown::fail;
    static constexpr std::string_view category = "account";
    void evolve(const Opened&) {}
};
struct Curious {
    using Events = varve::Events<Opened>;
    static constexpr auto unknown = Unknown::raw;
    static constexpr std::string_view category = "account";
    std::string seen;
    void evolve(const Opened&) { seen += "opened "; }
    void evolve(const Event& e) { seen += std::string(e.type) + "=" + std::string(e.data) + " "; }
};
struct IgnoresOld {
    using Events = varve::Events<evolved::Deposited>;
    using Ignores = varve::Events<evolved::v1::Deposited>;
    static constexpr std::string_view category = "account";
    std::int64_t cents = 0;
    void evolve(const evolved::Deposited& e) { cents += e.cents; }
};

struct HowMany {
    using Answer = int;
};
struct StrictModel {
    using Events = varve::Events<Opened>;
    using Queries = varve::Queries<HowMany>;
    using UnknownIn = States<Strict>;
    static constexpr auto unknown = Unknown::fail;
    int opened = 0;
    void on(const Opened&) { ++opened; }
    int answer(const HowMany&) const { return opened; }
};
struct StrictEverywhere {
    using Events = varve::Events<Opened>;
    static constexpr auto unknown = Unknown::fail;
    void on(const Opened&) {}
};
struct Seen {
    using Answer = std::string;
};
struct CuriousModel {
    using Events = varve::Events<Opened>;
    using Queries = varve::Queries<Seen>;
    static constexpr auto unknown = Unknown::raw;
    std::string seen;
    void on(const Opened&) {}
    void on(const Event& e) { seen += std::string(e.type) + "@" + std::to_string(e.position.value) + " "; }
    std::string answer(const Seen&) const { return seen; }
};

class UnknownEvent : public ::testing::Test {
protected:
    void stored(std::string type, std::string stream = "account-a", std::string data = "{}") {
        store_.append({.events = {{.stream = std::move(stream), .type = std::move(type), .data = std::move(data)}}})
            .value();
    }

    Store store_ = open("memory:").value();
    App app_{store_};
};

TEST_F(UnknownEvent, passes_by_when_nothing_is_said) {
    stored("Opened", "account-a", R"({"account":"a"})");
    stored("Frozen");
    EXPECT_EQ(app_.load<Lenient>("a").value().state.opened, 1);
}

TEST_F(UnknownEvent, of_another_version_of_a_listed_one_is_an_error_when_nothing_is_said) {
    stored("Opened.v2");
    const auto loaded = app_.load<Lenient>("a");
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, Code::failed_precondition);
    EXPECT_EQ(loaded.error().reason, "event.unknown");
    EXPECT_EQ(
        loaded.error().message,
        "event 'Opened.v2' at position 0 of stream 'account-a' is a version of one of its events that Lenient does "
        "not know; if a newer program wrote it, update this one; if it is older, give its successor an upcast; or "
        "name it in `using Ignores = varve::Events<...>`");
    stored("Opened.v", "account-b");
    stored("Opened.version2", "account-b");
    stored("v2", "account-b");
    stored(".v2", "account-b");
    stored("2", "account-b");
    EXPECT_TRUE(app_.load<Lenient>("b").ok());
    EXPECT_TRUE(app_.load<Blind>("a").ok());
}

TEST_F(UnknownEvent, that_a_strict_state_neither_lists_nor_ignores_stops_it) {
    stored("Frozen");
    EXPECT_TRUE(app_.load<Strict>("a").ok());
    stored("Thawed");
    const auto loaded = app_.load<Strict>("a");
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(
        loaded.error().message,
        "event 'Thawed' at position 1 of stream 'account-a' is one that Strict does not know; list it, or name it in "
        "`using Ignores = varve::Events<...>`");
    stored("$Secret", "account-b");
    EXPECT_TRUE(app_.load<Strict>("b").ok()) << "events of Varve itself are never unknown";
}

TEST_F(UnknownEvent, is_handed_over_as_it_is_stored) {
    stored("Opened", "account-a", R"({"account":"a"})");
    stored("Frozen", "account-a", R"({"why":"winter"})");
    stored("Opened.v2", "account-a");
    stored("$Secret");
    EXPECT_EQ(app_.load<Curious>("a").value().state.seen, R"(opened Frozen={"why":"winter"} Opened.v2={} )");
    app_.project<CuriousModel>();
    EXPECT_EQ(app_.ask(Seen{}, after(Position{3})).value(), "Frozen@1 Opened.v2@2 ");
}

TEST_F(UnknownEvent, that_is_ignored_leads_to_nothing) {
    stored("Deposited", "account-a", "no JSON");
    stored("Deposited.v2", "account-a", R"({"account":"a","cents":3})");
    EXPECT_EQ(app_.load<IgnoresOld>("a").value().state.cents, 3);
}

TEST_F(UnknownEvent, sets_a_key_aside_where_a_projection_wants_to_know_all) {
    app_.project<StrictModel>({.attempts = 1});
    app_.project<CuriousModel>();
    stored("Sent", "mail-1");
    stored("Opened", "account-a", R"({"account":"a"})");
    EXPECT_EQ(app_.ask(HowMany{}, after(Position{1})).value(), 1);
    stored("Thawed");
    stored("Opened", "account-a", R"({"account":"a"})");
    stored("Opened", "account-b", R"({"account":"b"})");
    EXPECT_EQ(app_.ask(HowMany{}, after(Position{4})).value(), 2) << "only this account waits";
    const auto aside = app_.projections().at(0).quarantined;
    ASSERT_EQ(aside.size(), 1u);
    EXPECT_EQ(aside[0].key, "account-a");
    EXPECT_EQ(aside[0].missed, 2u);
    EXPECT_EQ(aside[0].error.reason, "event.unknown");
    EXPECT_FALSE(app_.replay<StrictModel>().ok());
    EXPECT_TRUE(app_.replay<StrictModel>(as_of(Position{1})).ok());
    EXPECT_EQ(app_.ask(Seen{}, after(Position{4})).value(), "Sent@0 Thawed@2 ");
}

TEST(UnknownEventInTests, fails_or_is_handed_over_as_in_a_store) {
    EXPECT_THROW(static_cast<void>(testing::given_events<StrictEverywhere>(Frozen{})), Failure);
    EXPECT_NO_THROW(static_cast<void>(testing::given_events<StrictModel>(Frozen{}))) << "without a stream";
    EXPECT_EQ(testing::given_events<CuriousModel>(Frozen{}).ask(Seen{}), "Frozen@0 ");
}

struct Note {
    std::string account, text;
};
struct Watcher {
    using Hears = varve::Events<Opened>;
    using Sends = varve::Commands<Note>;
    static constexpr auto unknown = Unknown::raw;
    static std::string key(const Opened& e) { return e.account; }
    static std::optional<std::string> key(const Event& e) {
        if (!e.stream.starts_with("account-")) return {};
        return std::string(e.stream.substr(8));
    }
    std::string types;
    Steps on(const Opened&) { return {}; }
    Steps on(const Event& e) {
        types += e.type;
        return {};
    }
    Steps on(const Rejected<Note>&) { return {}; }
};
struct StrictWatcher {
    using Hears = varve::Events<Opened>;
    static constexpr auto unknown = Unknown::fail;
    static std::string key(const Opened& e) { return e.account; }
    int heard = 0;
    Steps on(const Opened&) {
        ++heard;
        return {};
    }
};

TEST(UnknownEventInProcesses, goes_to_its_instance_or_waits_to_be_heard) {
    const auto clock = std::make_shared<testing::VirtualClock>();
    Store store = open("memory:", {.clock = clock}).value();
    App app{store, {clock}};
    app.run<Watcher>();
    app.run<StrictWatcher>();
    const auto stored = [&](std::string type, std::string stream) {
        store.append({.events = {{.stream = std::move(stream), .type = std::move(type), .data = R"({"account":"a"})"}}})
            .value();
    };
    stored("Frozen", "account-b");
    stored("Opened", "account-a");
    stored("Frozen", "account-a");
    stored("Opened", "account-a");
    app.settle().value();
    EXPECT_EQ(app.instance<Watcher>("a").value().state.types, "Frozen");
    EXPECT_FALSE(app.instance<Watcher>("b").value().exists()) << "what is unknown begins nothing";
    EXPECT_EQ(app.instance<StrictWatcher>("a").value().state.heard, 2) << "and stops nothing";
    const auto status = app.processes().at(1);
    ASSERT_EQ(status.unheard.size(), 2u);
    EXPECT_NE(status.unheard[0].error.message.find("is one that StrictWatcher does not know"), std::string::npos)
        << status.unheard[0].error.message;
}

}  // namespace
}  // namespace varve
