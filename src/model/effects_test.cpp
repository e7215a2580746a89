#include "varve/effects.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "model/effects_fixture.hpp"
#include "model/outbox.hpp"
#include "model/sqlite_outbox.hpp"
#include "model/temp_folder_fixture.hpp"
#include "varve/testing.hpp"

namespace varve {
namespace {

using bank::Deposit;
using bank::Deposited;
using bank::Open;
using effects::Count;
using effects::Mails;
using effects::perform;
using effects::Post;
using effects::SendMail;
using effects::status_when;
using effects::unlucky;

using Lines = std::vector<std::string>;

struct Case {
    bool file;
    Life life;
};
class EffectsOf : public ::testing::TestWithParam<Case> {
public:
    [[nodiscard]] ProjectionOptions options() const {
        ProjectionOptions options{.life = GetParam().life, .first_delay = std::chrono::milliseconds(1)};
        if (GetParam().file) options.file = sqlite(folder.file("m.db"));
        return options;
    }
    TempFolder folder;
};
INSTANTIATE_TEST_SUITE_P(Kept, EffectsOf,
                         ::testing::Values(Case{false, Life::async}, Case{true, Life::async},
                                           Case{false, Life::inlined}, Case{true, Life::inlined},
                                           Case{true, Life::live}));

TEST_P(EffectsOf, are_performed_in_order_once_and_not_for_what_was_there_before) {
    Post post;
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 1}).value();
    ASSERT_TRUE(app.project<Mails>(options()).ok());
    perform(app, post);
    app.send(Deposit{"a1", 2}).value();
    const auto receipt = app.send(Deposit{"a1", 3});
    EXPECT_EQ(app.ask(Count{}, after(receipt)).value(), 3U);
    EXPECT_EQ(post.wait_for(3), (Lines{"Mails/2/0 2", "Mails/2/1 22", "Mails/3/0 3"}));
    ASSERT_TRUE(app.settle_effects().ok());
    const auto status = app.projections().at(0).effects.value();
    EXPECT_EQ(status.pending, 0U);
    EXPECT_EQ(status.performed, 3U);
    EXPECT_EQ(status.from, Position{2});
    EXPECT_FALSE(status.waiting.has_value());
    EXPECT_EQ(app.replay<Mails>().value().position(), Position{4});
    EXPECT_EQ(post.wait_for(3).size(), 3U);
}

TEST_P(EffectsOf, what_fails_is_tried_again_then_set_aside_and_others_go_on) {
    Post post;
    post.refuse = [](const SendMail& mail) { return mail.cents == 1; };
    App app = bank::in_memory();
    app.project<Mails>(options());
    perform(app, post);
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 1}).value();
    app.ask(Count{}, after(app.send(Deposit{"a1", 5}))).value();
    EXPECT_EQ(post.wait_for(4), (Lines{"Mails/1/0 1", "Mails/1/0 1!", "Mails/1/0 1!", "Mails/2/0 5"}));
    ASSERT_TRUE(app.settle_effects().ok()) << "what is set aside is not waited for";
    const auto status = app.projections().at(0).effects.value();
    ASSERT_EQ(status.aside, 1U);
    EXPECT_EQ(status.set_aside.at(0).id, "Mails/1/0");
    EXPECT_EQ(status.set_aside.at(0).type, "SendMail");
    EXPECT_EQ(status.set_aside.at(0).data, R"({"to":"a1","cents":1})");
    EXPECT_EQ(status.set_aside.at(0).error, "the post is closed");

    for (const char* id : {"Mails/9/0", "Mails/1", "Nobody/1/0", "Mails/1/0/0", ""})
        EXPECT_EQ(app.retry_effect(id).error().code, Code::not_found) << id;
    post.refuse = nullptr;
    EXPECT_TRUE(app.retry_effect("Mails/1/0").ok());
    EXPECT_EQ(post.wait_for(5).at(4), "Mails/1/0 1");
    EXPECT_TRUE(app.settle_effects().ok());
    EXPECT_EQ(app.projections().at(0).effects.value().aside, 0U);
}

TEST_P(EffectsOf, nobody_performs_them_until_somebody_does) {
    Post post;
    App app = bank::in_memory();
    app.project<Mails>(options());
    app.send(Open{"a1", "Ann"}).value();
    app.ask(Count{}, after(app.send(Deposit{"a1", 1}))).value();
    const auto status = status_when(app, [](const EffectsStatus& now) { return now.waiting.has_value(); });
    EXPECT_EQ(status.pending, 1U);
    EXPECT_EQ(status.waiting.value().message, "nobody performs effect SendMail; call perform<SendMail> on the App");
    perform(app, post);
    EXPECT_EQ(post.wait_for(1), Lines{"Mails/1/0 1"});
    EXPECT_EQ(app.perform<SendMail>([](const SendMail&, const EffectContext&) -> Result<> { return {}; }).error().code,
              Code::already_exists);
}

TEST_P(EffectsOf, of_an_event_that_failed_are_not_there_until_it_is_retried) {
    Post post;
    App app = bank::in_memory();
    app.project<Mails>(options());
    perform(app, post);
    app.send(Open{"a1", "Ann"}).value();
    app.send(Open{"a2", "Bob"}).value();
    unlucky = true;
    app.send(Deposit{"a1", 13}).value();
    app.ask(Count{}, after(app.send(Deposit{"a2", 1}))).value();
    EXPECT_EQ(post.wait_for(1), Lines{"Mails/3/0 1"});
    ASSERT_EQ(app.projections().at(0).quarantined.size(), 1U);
    unlucky = false;
    EXPECT_TRUE(app.retry<Mails>("account-a1").ok());
    EXPECT_EQ(post.wait_for(2), (Lines{"Mails/3/0 1", "Mails/2/0 13"}));
}

TEST_P(EffectsOf, are_settled_or_said_to_wait_and_why) {
    App app = bank::in_memory();
    EXPECT_TRUE(app.settle_effects(std::chrono::milliseconds(0)).ok()) << "nobody has any";
    app.project<Mails>(options());
    EXPECT_TRUE(app.settle_effects().ok());
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 1}).value();
    const Result<> waits = app.settle_effects(std::chrono::milliseconds(50));
    EXPECT_EQ(waits.error().code, Code::deadline_exceeded);
    const std::string& why = waits.error().message;
    EXPECT_NE(why.find("Mails"), std::string::npos) << why;
    Post post;
    perform(app, post);
    // Without a question, whoever applies the events.
    EXPECT_TRUE(app.settle_effects().ok());
    EXPECT_EQ(post.wait_for(1), Lines{"Mails/1/0 1"});
    app.close().value();
    EXPECT_FALSE(app.settle_effects(std::chrono::milliseconds(0)).ok());
}

TEST(EffectsInSqlite, survive_a_restart_and_are_not_repeated_by_a_new_file) {
    const TempFolder folder;
    const Store store = open("memory:").value();
    Post post;
    {
        App app{store};
        bank::wire(app);
        app.project<Mails>(sqlite(folder.file("m.db")));
        app.send(Open{"a1", "Ann"}).value();
        app.ask(Count{}, after(app.send(Deposit{"a1", 1}))).value();
        // Recorded, and not performed: the program ends here.
    }
    {
        App app{store};
        bank::wire(app);
        perform(app, post);
        app.project<Mails>(sqlite(folder.file("m.db")));
        EXPECT_EQ(post.wait_for(1), Lines{"Mails/1/0 1"});
        app.ask(Count{}, after(app.send(Deposit{"a1", 3}))).value();
        EXPECT_EQ(post.wait_for(2).at(1), "Mails/2/0 3");
        EXPECT_TRUE(app.settle_effects().ok());
    }
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(folder.file("m.db") + end);
    App app{store};
    bank::wire(app);
    perform(app, post);
    app.project<Mails>(sqlite(folder.file("m.db")));
    EXPECT_EQ(app.ask(Count{}, after(Position{2})).value(), 2U);
    app.ask(Count{}, after(app.send(Deposit{"a1", 4}))).value();
    EXPECT_EQ(post.wait_for(3), (Lines{"Mails/1/0 1", "Mails/2/0 3", "Mails/3/0 4"}));
}

TEST(EffectsOfPartitions, have_ids_of_their_partition) {
    Post post;
    App app = bank::in_memory();
    app.project<Mails>({.partitions = 2});
    perform(app, post);
    for (int i = 0; i < 8; ++i) {
        app.send(Open{std::to_string(i), "x"}).value();
        app.send(Deposit{std::to_string(i), 1}).value();
    }
    int of_first = 0;
    for (const std::string& line : post.wait_for(8)) of_first += line.starts_with("Mails.0/") ? 1 : 0;
    EXPECT_GT(of_first, 0);
    EXPECT_LT(of_first, 8);
    EXPECT_TRUE(app.settle_effects().ok());
    EXPECT_EQ(app.projections().at(0).effects.value().performed, 8U);
}

/// One that was rebuilt beside another performs what that has left, and what came after, and nothing else.
void takes_over(Outbox& old, Outbox& fresh) {
    const auto add = [](Outbox& box, std::uint64_t position) {
        box.add(Position{position}, {{"SendMail", std::to_string(position)}}).value();
        if (auto* memory = dynamic_cast<MemoryOutbox*>(&box)) memory->commit();
    };
    Position heard{5};
    fresh.hold([&] { return heard; }).value();
    EXPECT_EQ(fresh.from(), Position{5}) << "what the old one has heard has no effects here";
    for (const std::uint64_t position : {5U, 6U, 7U}) add(old, position);
    for (const std::uint64_t position : {5U, 6U, 7U, 8U}) add(fresh, position);
    heard = Position{8};
    EXPECT_EQ(fresh.from(), Position{8});
    old.done({Position{5}, 0}).value();
    old.set_aside({Position{6}, 0}, "closed").value();
    auto left = old.all().value();
    for (StoredEffect& effect : left) effect.origin = "Old";
    fresh.take_over(Position{8}, left).value();
    Lines lines;
    for (const StoredEffect& effect : fresh.all().value())
        lines.push_back(effect.origin + effect.data + effect.error.value_or(""));
    EXPECT_EQ(lines, (Lines{"Old6closed", "Old7", "8"}));
    EXPECT_EQ(fresh.first().value().value().data, "7");
    EXPECT_FALSE(fresh.retry({Position{6}, 0}, "").value());
    EXPECT_TRUE(fresh.retry({Position{6}, 0}, "Old").value());
    EXPECT_EQ(fresh.from(), Position{8});

    // The old one follows, and may take over again.
    old.hold([] { return Position{8}; }).value();
    EXPECT_TRUE(old.all().value().empty());
}

TEST(Outbox, takes_over_from_another) {
    MemoryOutbox old(Position{5});
    MemoryOutbox fresh(Position{8});
    takes_over(old, fresh);
    const TempFolder folder;
    SqliteDatabase old_file(folder.file("old.db"), true);
    SqliteDatabase fresh_file(folder.file("new.db"), true);
    SqliteOutbox old_box(old_file, folder.file("old.db"), Position{5});
    SqliteOutbox fresh_box(fresh_file, folder.file("new.db"), Position{8});
    takes_over(old_box, fresh_box);
    // The file knows where its effects begin; one that was held back has none of what was there before.
    EXPECT_EQ(SqliteOutbox(fresh_file, folder.file("new.db"), Position{41}).from(), Position{8});
    EXPECT_EQ(SqliteOutbox(old_file, folder.file("old.db"), Position{41}).from(), Position{41});
}

TEST(Outbox, of_a_file_of_an_earlier_form_is_kept) {
    const TempFolder folder;
    SqliteDatabase file(folder.file("m.db"), true);
    file.run(
        "CREATE TABLE varve_effects (position INTEGER NOT NULL, n INTEGER NOT NULL, type TEXT NOT NULL, data TEXT NOT "
        "NULL, error TEXT, PRIMARY KEY (position, n)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE varve_effects_from (position INTEGER NOT NULL) STRICT;"
        "INSERT INTO varve_effects VALUES (3, 0, 'SendMail', '3', NULL);"
        "INSERT INTO varve_effects_from VALUES (2)");
    SqliteOutbox box(file, folder.file("m.db"), Position{9});
    EXPECT_EQ(box.from(), Position{2});
    box.add(Position{4}, {{"SendMail", "4"}}).value();
    Lines lines;
    for (const StoredEffect& effect : box.all().value()) lines.push_back(effect.data);
    EXPECT_EQ(lines, (Lines{"3", "4"}));
}

TEST(Outbox, in_memory_says_when_it_is_full) {
    MemoryOutbox box(Position{0});
    const std::vector<detail::NewEffect> many(effects_in_memory - 1, {"SendMail", "{}"});
    box.add(Position{0}, many).value();
    EXPECT_FALSE(box.full());
    box.add(Position{1}, {{"SendMail", "{}"}}).value();
    EXPECT_TRUE(box.full()) << "also before the batch is committed";
    box.commit();
    EXPECT_TRUE(box.full());
    box.done({Position{1}, 0}).value();
    EXPECT_FALSE(box.full());
    box.add(Position{2}, {{"SendMail", "{}"}}).value();
    Position heard{1};
    box.hold([&] { return heard; }).value();
    EXPECT_FALSE(box.full()) << "what another one has heard is its own to perform";
}

/// Wants a thousand mails for each deposit.
struct Newsletters {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    Table<bank::Balance> seen;
    Effects<SendMail> mails;
    void on(const Deposited& e, const Event& event) {
        for (int i = 0; i < 1'000; ++i) mails.add({e.account, i});
        seen.put({std::to_string(event.position.value), e.cents});
    }
    std::uint64_t answer(const Count&) const { return seen.size(); }
};

class FullOutbox : public ::testing::TestWithParam<Life> {};
INSTANTIATE_TEST_SUITE_P(Kept, FullOutbox, ::testing::Values(Life::async, Life::inlined));

TEST_P(FullOutbox, makes_its_projection_wait_and_blames_nobody) {
    App app = bank::in_memory();
    app.project<Newsletters>({.life = GetParam()}).value();
    app.send(Open{"a1", "Ann"}).value();
    for (int i = 0; i < 120; ++i) {
        // By a command, an inlined one would be waited for.
        const NewEvent deposited{.stream = {}, .type = "Deposited", .data = R"({"account":"a1","cents":1})"};
        app.store().append(Commit{}.append("account-a1", Expected::any(), {deposited})).value();
    }
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto status = app.projections().at(0);
    while (status.state != ProjectionStatus::State::waiting && std::chrono::steady_clock::now() < limit) {
        EXPECT_EQ(app.settle_effects(std::chrono::milliseconds(20)).error().code, Code::deadline_exceeded);
        status = app.projections().at(0);
    }
    EXPECT_EQ(status.state, ProjectionStatus::State::waiting);
    EXPECT_EQ(status.last_error.value().code, Code::resource_exhausted);
    EXPECT_EQ(status.effects.value().pending, effects_in_memory);
    EXPECT_EQ(status.position, Position{101});
    EXPECT_TRUE(status.quarantined.empty());

    app.perform<SendMail>([](const SendMail&, const EffectContext&) -> Result<> { return {}; }).value();
    while (status.position == Position{101} && std::chrono::steady_clock::now() < limit) {
        static_cast<void>(app.settle_effects(std::chrono::milliseconds(20)));
        status = app.projections().at(0);
    }
    EXPECT_GT(status.position, Position{101}) << "it goes on as soon as some are performed";
    EXPECT_TRUE(app.projections().at(0).quarantined.empty());
}

TEST(EffectsInTests, are_shown) {
    const auto given = testing::given_events<Mails>(Deposited{"a1", 2}, Deposited{"a2", 3});
    const auto mails = given.effects<SendMail>();
    ASSERT_EQ(mails.size(), 3U);
    EXPECT_EQ(mails[1].cents, 22);
    EXPECT_EQ(mails[2].to, "a2");
}

}  // namespace
}  // namespace varve
