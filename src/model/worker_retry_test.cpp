#include <gtest/gtest.h>

#include <string>

#include "model/moody_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using moody::BalanceOf;
using moody::Deposit;
using moody::Moody;
using moody::Open;

enum class Place { memory, sqlite };

/// Account a1 has missed deposits of 13, 5 and 14 after one of 100.
class Retry : public ::testing::TestWithParam<Place> {
public:
    Retry() {
        moody::fail_at(13);
        bank::wire(app);
        project(app);
        for (const char* account : {"a1", "a2"}) app.send(Open{account, "x"}).value();
        for (const std::int64_t cents : {100, 13, 5, 14}) app.send(Deposit{"a1", cents}).value();
        EXPECT_EQ(balance("a1"), 100);
    }
    void project(App& on) const {
        ProjectionOptions options{.first_delay = std::chrono::milliseconds(1)};
        if (GetParam() == Place::sqlite) options.file = sqlite(path);
        ASSERT_TRUE(on.project<Moody>(options).ok());
    }
    std::optional<std::int64_t> balance(const std::string& account) {
        return app.ask(BalanceOf{account}, after(store.head() - 1, std::chrono::seconds(30))).value();
    }
    std::vector<QuarantinedKey> quarantined() { return app.projections().at(0).quarantined; }

    TempFolder folder;
    std::string path = folder.file("moody.db");
    Store store = open("memory:").value();
    App app{store};
};

INSTANTIATE_TEST_SUITE_P(Kept, Retry, ::testing::Values(Place::memory, Place::sqlite),
                         [](const auto& kept) { return kept.param == Place::memory ? "in_memory" : "in_sqlite"; });

TEST_P(Retry, applies_what_was_missed_in_order_and_goes_on) {
    ASSERT_EQ(quarantined().at(0).missed, 3U);
    moody::mend();
    const auto retried = app.retry<Moody>("account-a1");
    ASSERT_TRUE(retried.ok()) << retried.error();
    EXPECT_EQ(balance("a1"), 132);
    EXPECT_TRUE(quarantined().empty());
    app.send(Deposit{"a1", 1}).value();
    EXPECT_EQ(balance("a1"), 133);
    EXPECT_EQ(balance("rows seen"), 5);
}

TEST_P(Retry, that_fails_again_stays_where_it_failed) {
    const auto same = app.retry("Moody", "account-a1");
    ASSERT_FALSE(same.ok());
    EXPECT_NE(same.error().message.find("moody about 13"), std::string::npos) << same.error();
    EXPECT_EQ(quarantined().at(0).position, Position{3});
    EXPECT_EQ(quarantined().at(0).attempts, 4U);
    EXPECT_EQ(quarantined().at(0).missed, 3U);
    EXPECT_EQ(balance("a1"), 100);

    moody::fail_at(14);
    const auto later = app.retry<Moody>("account-a1");
    ASSERT_FALSE(later.ok());
    EXPECT_NE(later.error().message.find("position 5"), std::string::npos) << later.error();
    EXPECT_EQ(balance("a1"), 118);  // what came before is there, nothing of the event itself
    EXPECT_EQ(quarantined().at(0).position, Position{5});
    EXPECT_EQ(quarantined().at(0).missed, 1U);
    app.send(Deposit{"a1", 1}).value();
    EXPECT_EQ(balance("a1"), 118);

    moody::mend();
    EXPECT_TRUE(app.retry<Moody>("account-a1").ok());
    EXPECT_EQ(balance("a1"), 133);
}

TEST_P(Retry, discard_goes_on_without_what_was_missed) {
    EXPECT_TRUE(app.discard<Moody>("account-a1").ok());
    EXPECT_TRUE(quarantined().empty());
    EXPECT_EQ(balance("a1"), 100);
    app.send(Deposit{"a1", 1}).value();
    EXPECT_EQ(balance("a1"), 101);
}

TEST_P(Retry, names_what_it_cannot_find) {
    EXPECT_EQ(app.retry<Moody>("account-a2").error().code, Code::not_found);
    EXPECT_NE(app.retry<Moody>("account-a2").error().message.find("App::projections"), std::string::npos);
    EXPECT_EQ(app.retry("Nobody", "account-a1").error().code, Code::not_found);
    EXPECT_EQ(app.discard("Nobody", "account-a1").error().code, Code::not_found);
    EXPECT_TRUE(app.close().ok());
    EXPECT_EQ(app.retry<Moody>("account-a1").error().code, Code::failed_precondition);
}

class RetryLater : public Retry {
public:
    void restart() {
        app = App{store};
        bank::wire(app);
        project(app);
    }
};
INSTANTIATE_TEST_SUITE_P(Kept, RetryLater, ::testing::Values(Place::sqlite), [](const auto&) { return "in_sqlite"; });

TEST_P(RetryLater, a_file_remembers_its_quarantine) {
    const QuarantinedKey before = quarantined().at(0);
    restart();
    app.send(Deposit{"a1", 1}).value();
    app.send(Deposit{"a2", 7}).value();
    EXPECT_EQ(balance("a2"), 7);
    EXPECT_EQ(balance("a1"), 100);
    const QuarantinedKey after = quarantined().at(0);
    EXPECT_EQ(after.key, before.key);
    EXPECT_EQ(after.position, before.position);
    EXPECT_EQ(after.error.to_string(), before.error.to_string());
    EXPECT_EQ(after.since, before.since);
    EXPECT_EQ(after.attempts, before.attempts);
    EXPECT_EQ(after.missed, before.missed + 1);

    moody::mend();
    EXPECT_TRUE(app.retry<Moody>("account-a1").ok());
    restart();
    EXPECT_TRUE(quarantined().empty());
    EXPECT_EQ(balance("a1"), 133);
}

TEST_P(RetryLater, a_wish_in_the_file_is_done_beside_the_running_program) {
    wish_retry(path, "account-a1").value();
    EXPECT_TRUE(moody::until([&] { return quarantined().at(0).attempts > 3; }));  // still moody
    EXPECT_TRUE(moody::until([&] { return look_into_projection(path)->quarantined.at(0).wish.empty(); }));
    moody::mend();
    wish_retry(path, "account-a1").value();
    EXPECT_TRUE(moody::until([&] { return quarantined().empty(); }));
    EXPECT_EQ(balance("a1"), 132);
}

TEST_P(RetryLater, a_wish_in_the_file_is_done_at_the_next_start) {
    app = App{store};
    wish_discard(path, "account-a1").value();
    EXPECT_EQ(look_into_projection(path)->quarantined.at(0).wish, "discard");
    restart();
    EXPECT_TRUE(moody::until([&] { return quarantined().empty(); }))
        << app.projections().at(0).last_error.value_or(Error{});
    app.send(Deposit{"a1", 1}).value();
    app.send(Deposit{"a2", 1}).value();
    EXPECT_EQ(balance("a1"), 101);
}

}  // namespace
}  // namespace varve
