// Evolution where more than one thing meets: old events in processes, and personal values in old events.
#include "varve/evolution.hpp"

#include <gtest/gtest.h>

#include "model/evolved_bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"
#include "varve/testing_clock.hpp"
#include "varve/testing_process.hpp"

namespace varve {
namespace {

using evolved::Deposited;
using evolved::Transferred;
using evolved::Withdrawn;

struct Notice {
    std::string account, text;
};
struct Noticed {
    std::string account, text;
};
struct Box {
    using Events = varve::Events<Noticed>;
    std::string texts;
    void evolve(const Noticed& e) { texts += e.text + ' '; }
};

/// Tells each account what happened to it; only a deposit begins.
struct Notifier {
    using Hears = varve::Events<Deposited, Withdrawn>;
    using Starts = varve::Events<Deposited>;
    using Sends = varve::Commands<Notice>;
    static std::string key(const Deposited& e) { return e.account; }
    static std::string key(const Withdrawn& e) {
        if (e.cents == 13) throw std::runtime_error("thirteen");
        return e.account;
    }
    int heard = 0;
    Steps on(const Deposited& e) {
        return send(Notice{e.account, std::to_string(++heard) + "+" + std::to_string(e.cents)});
    }
    Steps on(const Withdrawn& e) {
        return send(Notice{e.account, std::to_string(++heard) + "-" + std::to_string(e.cents)});
    }
    Steps on(const Rejected<Notice>&) { return {}; }
};

class EvolvedProcess : public ::testing::Test {
protected:
    App started() {
        App app{store_, {clock_}};
        app.handle<Notice, Box>(&Notice::account,
                                [](const Notice& c, const Box&) { return accept(Noticed{c.account, c.text}); });
        app.run<Notifier>();
        return app;
    }
    void store_old(std::string type, std::string data) {
        store_.append({.events = {{.stream = "old", .type = std::move(type), .data = std::move(data)}}}).value();
    }
    static std::string box(const App& app, const std::string& account) {
        return app.load<Box>(account).value().state.texts;
    }

    std::shared_ptr<testing::VirtualClock> clock_ = std::make_shared<testing::VirtualClock>();
    Store store_ = open("memory:", {.clock = clock_}).value();
};

TEST_F(EvolvedProcess, each_part_of_an_old_event_goes_to_the_instance_of_its_key) {
    store_old("Deposited.v2", R"({"account":"a","cents":5})");
    store_old("Transferred", R"({"from":"a","to":"b","cents":7})");
    store_old("Transferred", R"({"from":"c","to":"b","cents":1})");  // c has not begun, and a withdrawal begins nothing
    App app = started();
    app.settle().value();
    EXPECT_EQ(box(app, "a"), "1+5 2-7 ");
    EXPECT_EQ(box(app, "b"), "1+7 2+1 ");
    EXPECT_EQ(box(app, "c"), "");
    EXPECT_EQ(app.processes().at(0).running, 2u);
}

TEST_F(EvolvedProcess, after_a_restart_the_state_is_what_it_was_and_nothing_is_sent_twice) {
    store_old("Transferred", R"({"from":"a","to":"a","cents":7})");
    started().settle().value();
    store_old("DayBooked", R"({"account":"a","cents":[5,-3]})");
    App app = started();
    app.settle().value();
    EXPECT_EQ(box(app, "a"), "1+7 2-7 3+5 4-3 ");
    EXPECT_EQ(app.instance<Notifier>("a").value().state.heard, 4);
}

TEST_F(EvolvedProcess, an_old_event_whose_key_or_upcast_throws_is_passed_over_and_may_be_heard_later) {
    store_old("Transferred", R"({"from":"a","to":"b","cents":13})");
    store_old("Deposited", R"({"account":"b","euros":-1})");
    store_old("Deposited", R"({"account":"b","euros":1})");
    App app = started();
    app.settle().value();
    EXPECT_EQ(box(app, "b"), "1+100 ");
    const auto status = app.processes().at(0);
    ASSERT_EQ(status.unheard.size(), 2u);
    EXPECT_NE(status.unheard[0].error.message.find("thirteen"), std::string::npos);
    EXPECT_NE(status.unheard[1].error.message.find("the upcast of Deposited.v2"), std::string::npos);
}

TEST(EvolvedProcessKit, hears_old_events) {
    testing::given_process<Notifier>(evolved::v1::Deposited{"a", 1})
        .when(Transferred{"a", "a", 7})
        .then_sends(Notice{"a", "2+7"}, Notice{"a", "3-7"});
}

struct Sum {
    std::string account;
    std::int64_t cents = 0;
};
struct SumOf {
    std::string account;
    using Answer = std::int64_t;
};
struct Sums {
    using Events = varve::Events<Deposited, Withdrawn>;
    using Queries = varve::Queries<SumOf>;
    static std::string partition(const Deposited& e) { return e.account; }
    static std::string partition(const Withdrawn& e) { return e.account; }
    static std::string partition(const SumOf& q) { return q.account; }
    Table<Sum> sums;
    void on(const Deposited& e) {
        sums.update(e.account, [&](Sum& row) { row.cents += e.cents; });
    }
    void on(const Withdrawn& e) {
        sums.update(e.account, [&](Sum& row) { row.cents -= e.cents; });
    }
    std::int64_t answer(const SumOf& q) const { return sums.get(q.account).value_or(Sum{}).cents; }
};

TEST(EvolvedPartitions, each_part_of_an_old_event_goes_to_the_partition_of_its_key) {
    Store store = open("memory:").value();
    for (const char* to : {"a", "b", "c", "d", "e"}) {
        store
            .append({.events = {{.stream = "account-payer",
                                 .type = "Transferred",
                                 .data = std::string(R"({"from":"payer","to":")") + to + R"(","cents":7})"}}})
            .value();
    }
    App app{store};
    app.project<Sums>({.partitions = 4});
    for (const char* to : {"a", "b", "c", "d", "e"}) EXPECT_EQ(app.ask(SumOf{to}, after(Position{4})).value(), 7) << to;
    EXPECT_EQ(app.ask(SumOf{"payer"}, after(Position{4})).value(), -35);
}

namespace v1 {
/// From before anybody thought of forgetting: the name is clear, the street was sealed already.
struct Met {
    std::string person, name;
    Personal<std::string> street;
    std::string subject() const { return person; }
};
}  // namespace v1

struct Met {
    static constexpr int version = 2;
    std::string person;
    Personal<std::string> name, street;
    std::string subject() const { return person; }
    static Met upcast(const v1::Met& old) { return {old.person, old.name, old.street}; }
};
struct Person {
    using Events = varve::Events<Met>;
    Personal<std::string> name, street;
    void evolve(const Met& e) {
        name = e.name;
        street = e.street;
    }
};
/// Only to write the old event as the old program did.
struct OldPerson {
    using Events = varve::Events<v1::Met>;
    static constexpr std::string_view category = "person";
    void evolve(const v1::Met&) {}
};
struct Meet {
    std::string person, name, street;
};

TEST(EvolvedPersonal, sealed_values_pass_through_an_upcast_and_clear_ones_are_sealed_by_it) {
    const TempFolder folder;
    const Store store = open("memory:").value();
    App app{store, open_keys(folder.file("keys")).value()};
    app.handle<Meet, OldPerson>(
        &Meet::person, [](const Meet& c, const OldPerson&) { return accept(v1::Met{c.person, c.name, c.street}); });
    app.send(Meet{"p1", "Ada", "Elm Street"}).value();
    const Person before = app.load<Person>("p1").value().state;
    EXPECT_EQ(before.name.value_or("-"), "Ada");
    EXPECT_EQ(before.street.value_or("-"), "Elm Street");
    app.forget("p1").value();
    EXPECT_EQ(before.name.value_or("-"), "-");
    const Person after = app.load<Person>("p1").value().state;
    EXPECT_TRUE(after.name.forgotten());
    EXPECT_TRUE(after.street.forgotten());
}

TEST(EvolvedPersonal, without_keys_the_error_says_so) {
    Store store = open("memory:").value();
    const App app{store};
    store
        .append({.events = {{.stream = "person-p1",
                             .type = "Met",
                             .data = R"({"person":"p1","name":"Ada","street":null})"}}})
        .value();
    const auto loaded = app.load<Person>("p1");
    ASSERT_FALSE(loaded.ok());
    EXPECT_NE(loaded.error().message.find("there are no keys"), std::string::npos) << loaded.error().message;
}

}  // namespace
}  // namespace varve
