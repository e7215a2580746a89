#include "model/command_mark.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/contacts_fixture.hpp"
#include "model/metadata.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::Deposit;
using bank::Open;
using bank::Withdraw;

std::vector<std::string> marks_of(const Store& store) {
    std::vector<std::string> marks;
    auto cursor = store.read({}).value();
    while (const Event* event = cursor.next()) {
        marks.push_back(metadata_member(event->metadata, command_member).value_or("none"));
    }
    return marks;
}

Error reused(const Result<Receipt>& answer) {
    EXPECT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, Code::already_exists);
    EXPECT_EQ(answer.error().reason, "command.id_reused");
    return answer.error();
}

TEST(CommandMark, an_id_of_another_command_is_refused) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 500}, {.command_id = "d-1"}).value();
    EXPECT_EQ(
        reused(app.send(Deposit{"a1", 501}, {.command_id = "d-1"})).message,
        "command id 'd-1' is that of a Deposit at position 1, and this is a Deposit with other values; it was not "
        "decided: give every command an id of its own");
    EXPECT_EQ(reused(app.send(Withdraw{"a1", 500}, {.command_id = "d-1"})).message,
              "command id 'd-1' is that of Deposit at position 1, and this is Withdraw; it was not decided: give every "
              "command an id of its own");
    EXPECT_TRUE(app.send(Deposit{"a1", 500}, {.command_id = "d-1"}).value().repeated);
    EXPECT_EQ(app.store().head(), Position{2}) << "nothing of it was written";
}

TEST(CommandMark, survives_a_restart) {
    const TempFolder folder;
    for (int run = 0; run < 2; ++run) {
        App app{open(folder.file("bank")).value()};
        bank::wire(app);
        EXPECT_EQ(app.send(Open{"a1", "Ann"}, {.command_id = "o-1"}).value().repeated, run == 1);
        reused(app.send(Open{"a1", "Bob"}, {.command_id = "o-1"}));
    }
}

TEST(CommandMark, is_written_for_commands_with_an_id_only) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}, {.command_id = "d-1"}).value();
    const auto marks = marks_of(app.store());
    EXPECT_EQ(marks.at(0), "none");
    EXPECT_EQ(marks.at(1).size(), std::string("Deposit:").size() + 32) << marks.at(1);
    EXPECT_TRUE(marks.at(1).starts_with("Deposit:"));
}

TEST(CommandMark, a_commit_without_one_answers_every_command) {
    App app = bank::in_memory();
    Commit commit = Commit{}.append("account-a1", Expected::none(),
                                    {{.type = "Opened", .data = R"({"account":"a1","owner":"Ann"})"}});
    commit.command_id = "before";
    app.store().append(std::move(commit)).value();
    EXPECT_TRUE(app.send(Deposit{"a1", 1}, {.command_id = "before"}).value().repeated);
}

/// The race: both are decided, and only the store sees that they bear one id.
TEST(CommandMark, is_looked_at_when_the_store_finds_the_repeat) {
    App app = bank::in_memory();
    struct Slow {
        std::string account;
    };
    app.handle<Slow, bank::Account>(&Slow::account, [&](const Slow& c, const bank::Account&) {
        app.send(Open{"a2", "Bob"}, {.command_id = "same"}).value();
        return accept(bank::Opened{c.account, "Ann"});
    });
    reused(app.send(Slow{"a1"}, {.command_id = "same"}));
}

TEST(CommandMark, what_is_scheduled_under_the_id_of_the_same_command_is_done_already) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}, {.command_id = "d-1"}).value();
    const auto later = app.schedule(Deposit{"a1", 5}, std::chrono::seconds(0), {.command_id = "d-1"}).value();
    app.settle().value();
    EXPECT_EQ(app.scheduled(later.id)->state, ScheduledCommand::State::done);
    EXPECT_EQ(app.scheduled(later.id)->position, Position{1});
    EXPECT_EQ(app.load<bank::Account>("a1").value()->cents, 5);
}

TEST(CommandMark, what_is_scheduled_under_the_id_of_another_command_is_refused) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}, {.command_id = "d-1"}).value();
    const auto later = app.schedule(Deposit{"a1", 7}, std::chrono::seconds(0), {.command_id = "d-1"}).value();
    app.settle().value();
    const ScheduledCommand refused = app.scheduled(later.id).value();
    EXPECT_EQ(refused.state, ScheduledCommand::State::rejected);
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->code, Code::already_exists);
    EXPECT_EQ(refused.error->reason, "command.id_reused");
    EXPECT_NE(refused.error->message.find("'d-1' is that of a Deposit at position 1"), std::string::npos)
        << *refused.error;
    EXPECT_EQ(app.load<bank::Account>("a1").value()->cents, 5);
}

struct Phoned {
    std::string contact;
    std::int64_t minutes = 0;
};
struct Calls {
    using Events = varve::Events<Phoned>;
    void evolve(const Phoned&) {}
};
/// Says something personal, none of which comes into its event.
struct Phone {
    std::string contact;
    Personal<std::string> number;
    std::int64_t minutes = 0;
    std::string subject() const { return contact; }
};

TEST(CommandMark, says_nothing_of_personal_values) {
    App app{open("memory:").value(), open_keys("memory:").value()};
    contacts::wire(app);
    app.handle<Phone, Calls>(&Phone::contact,
                             [](const Phone& c, const Calls&) { return accept(Phoned{c.contact, c.minutes}); });
    app.send(contacts::Add{"7", "Ada"}, {.command_id = "add"}).value();
    app.send(Phone{"7", "0171-1", 3}, {.command_id = "call"}).value();
    EXPECT_EQ(marks_of(app.store()).at(0), "Add") << "its event is personal: no hash";

    EXPECT_TRUE(app.send(contacts::Add{"7", "Eve"}, {.command_id = "add"}).value().repeated)
        << "nothing tells them apart";
    reused(app.send(contacts::Rename{"7", "Ada"}, {.command_id = "add"}));
    EXPECT_TRUE(app.send(Phone{"7", "0171-2", 3}, {.command_id = "call"}).value().repeated);
    reused(app.send(Phone{"7", "0171-1", 4}, {.command_id = "call"}));

    app.forget("7").value();
    EXPECT_TRUE(app.send(Phone{"7", "0171-1", 3}, {.command_id = "call"}).value().repeated);
}

}  // namespace
}  // namespace varve
