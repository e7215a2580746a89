#include "model/app_keys.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "model/contacts_fixture.hpp"
#include "model/temp_folder_fixture.hpp"
#include "varve/operations.hpp"

namespace varve {
namespace {

using namespace contacts;

App wired(const Store& store, const Keys& keys) {
    App app{store, keys};
    wire(app);
    return app;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Everything that lies in a folder, one after the other.
std::string all_bytes(const std::string& folder) {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) bytes += bytes_of(entry.path());
    }
    return bytes;
}

/// A command that says whose it is.
struct Named {
    std::string contact;
    Text name;
    std::string subject() const { return contact; }
};
/// Makes a clear value of a sealed one.
struct Careless {
    using Events = varve::Events<Added>;
    using Queries = varve::Queries<NameOf>;
    Table<Row> rows;
    void on(const Added& e) { rows.put({e.contact, e.name.value_or("-") + "!", {}, 0}); }
    std::optional<Row> answer(const NameOf& q) const { return rows.get(q.contact); }
};

class Forget : public testing::Test {
protected:
    TempFolder folder_;
    Store store_ = open(folder_.file("store")).value();
    Keys keys_ = open_keys(folder_.file("keys")).value();
    App app_ = wired(store_, keys_);
};

TEST_F(Forget, a_sealed_value_opens_for_who_reads_it) {
    app_.send(Add{"7", "Ada", {{"Dorset Street", "UK"}}}).value();
    const auto contact = app_.load<Contact>("7").value();
    EXPECT_EQ(contact->name.open().value(), "Ada");
    EXPECT_EQ(contact->addresses.at(0).street.value_or("-"), "Dorset Street");
    EXPECT_EQ(contact->addresses.at(0).country, "UK");
    EXPECT_FALSE(contact->name.forgotten());
    EXPECT_FALSE(contact->name.empty());
}

TEST_F(Forget, nothing_personal_is_on_the_disk) {
    app_.project<Directory>(sqlite(folder_.file("directory.db")));
    const auto receipt = app_.send(Add{"7", "Ada Lovelace", {{"Dorset Street", "UK"}}});
    ASSERT_EQ(app_.ask(NameOf{"7"}, after(receipt)).value()->name.value_or("-"), "Ada Lovelace");
    ASSERT_TRUE(app_.close().ok());
    const std::string bytes = all_bytes(folder_.file(""));
    EXPECT_EQ(bytes.find("Lovelace"), std::string::npos);
    EXPECT_EQ(bytes.find("Dorset"), std::string::npos);
    EXPECT_NE(bytes.find("UK"), std::string::npos);
}

TEST_F(Forget, the_events_stay_and_the_values_are_gone) {
    app_.send(Add{"7", "Ada", {{"Dorset Street", "UK"}}}).value();
    app_.send(Call{"7", 12}).value();
    app_.send(Add{"8", "Bob"}).value();
    const auto before = app_.load<Contact>("7").value();
    const auto chain = store_.info().value().digest;
    ASSERT_TRUE(app_.forget("7").ok());

    EXPECT_TRUE(before->name.forgotten()) << "copies that were read before forget at the same moment";
    const auto contact = app_.load<Contact>("7").value();
    EXPECT_TRUE(contact->name.forgotten());
    EXPECT_EQ(contact->name.value_or("gone"), "gone");
    EXPECT_EQ(contact->name.open().error().reason, "personal.forgotten");
    EXPECT_TRUE(contact->addresses.at(0).street.forgotten());
    EXPECT_EQ(contact->minutes, 12);
    EXPECT_EQ(app_.load<Contact>("8").value()->name.value_or("-"), "Bob");
    EXPECT_EQ(store_.head(), Position{4}) << "the three events, and that of the forgetting";
    ASSERT_TRUE(app_.close().ok());
    const auto report = verify(folder_.file("store"), {.expect = {chain}}).value();
    EXPECT_FALSE(report.damaged());
    EXPECT_FALSE(report.changed()) << "history is the one of before";
}

TEST_F(Forget, read_models_forget_in_memory_and_in_sqlite) {
    for (const bool in_file : {false, true}) {
        TempFolder folder;
        App app = wired(open(folder.file("store")).value(), open_keys(folder.file("keys")).value());
        in_file ? app.project<Directory>(sqlite(folder.file("rows.db"))) : app.project<Directory>();
        const auto sent = app.send(Add{"7", "Ada", {{"Dorset Street", "UK"}}});
        EXPECT_EQ(app.ask(NameOf{"7"}, after(sent)).value()->name.value_or("-"), "Ada");
        const auto forgotten = app.forget("7");
        EXPECT_TRUE(app.ask(NameOf{"7"}).value()->name.forgotten()) << "at once, the row need not be touched";
        EXPECT_EQ(app.ask(Forgettings{}, after(forgotten)).value(), 1) << "the projection hears of it";
        EXPECT_EQ(app.ask(NameOf{"7"}).value()->addresses.at(0).country, "UK");
        const auto called = app.send(Call{"7", 3});
        EXPECT_EQ(app.ask(NameOf{"7"}, after(called)).value()->minutes, 3) << "the row lives on";
        EXPECT_TRUE(app.ask(NameOf{"7"}).value()->name.forgotten());
        const auto past = app.replay<Directory>(as_of(Position{0})).value();
        EXPECT_TRUE(past.ask(NameOf{"7"}).value()->name.forgotten()) << "the past forgets too";
    }
}

TEST_F(Forget, holds_after_a_restart) {
    app_.send(Add{"7", "Ada"}).value();
    app_.send(Add{"8", "Bob"}).value();
    app_.forget("7").value();
    ASSERT_TRUE(app_.close().ok());
    app_ = App{open("memory:").value()};
    keys_ = open_keys("memory:").value();
    App again = wired(open(folder_.file("store")).value(), open_keys(folder_.file("keys")).value());
    EXPECT_TRUE(again.load<Contact>("7").value()->name.forgotten());
    EXPECT_EQ(again.load<Contact>("8").value()->name.value_or("-"), "Bob");
}

TEST_F(Forget, is_repeated_without_a_trace) {
    app_.send(Add{"7", "Ada"}).value();
    app_.forget("7").value();
    const auto head = store_.head();
    const auto again = app_.forget("7");
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again->streams.empty());
    EXPECT_EQ(store_.head(), head);
}

TEST_F(Forget, nobody_known_is_not_found) {
    EXPECT_EQ(app_.forget("nobody").error().code, Code::not_found);
    EXPECT_NE(app_.forget("\xff" + std::string(10'000, 'x')).error().message.find(R"(a subject '\xffxxx)"),
              std::string::npos);
    EXPECT_LT(app_.forget(std::string(10'000, 'x')).error().message.size(), 200U);
    EXPECT_EQ(store_.head(), Position{0});
}

TEST_F(Forget, nothing_personal_is_stored_for_the_forgotten_again) {
    app_.send(Add{"7", "Ada"}).value();
    app_.forget("7").value();
    const auto refused = app_.send(Rename{"7", "Ada again"});
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_EQ(refused.error().reason, "personal.forgotten");
    EXPECT_NE(refused.error().message.find("Renamed.name"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(app_.send(Call{"7", 1}).ok()) << "what is not personal goes on";
}

TEST_F(Forget, a_value_taken_over_is_sealed_for_its_new_subject) {
    app_.send(Add{"7", "Ada"}).value();
    app_.send(Add{"8", "A. Lovelace"}).value();
    app_.send(TakeName{"8", "7"}).value();
    EXPECT_EQ(app_.load<Contact>("8").value()->name.value_or("-"), "Ada");
    app_.forget("7").value();
    EXPECT_EQ(app_.load<Contact>("8").value()->name.value_or("-"), "Ada") << "it is about 8 now";
    app_.forget("8").value();
    EXPECT_TRUE(app_.load<Contact>("8").value()->name.forgotten());
}

TEST_F(Forget, a_forgotten_value_taken_over_stays_forgotten) {
    app_.send(Add{"7", "Ada"}).value();
    app_.send(Add{"8", "A. Lovelace"}).value();
    app_.forget("7").value();
    ASSERT_TRUE(app_.send(TakeName{"8", "7"}).ok());
    EXPECT_TRUE(app_.load<Contact>("8").value()->name.forgotten());
}

TEST_F(Forget, a_backup_of_the_keys_forgets_again_what_the_log_says_was_forgotten) {
    app_.send(Add{"7", "Ada"}).value();
    app_.send(Add{"8", "Bob"}).value();
    ASSERT_TRUE(keys_.backup(folder_.file("backup")).ok());
    app_.forget("7").value();
    ASSERT_TRUE(app_.close().ok());
    const Keys old = open_keys(folder_.file("backup")).value();
    EXPECT_FALSE(old.forgotten("7"));
    App again = wired(open(folder_.file("store")).value(), old);
    EXPECT_TRUE(old.forgotten("7"));
    EXPECT_TRUE(again.load<Contact>("7").value()->name.forgotten());
    EXPECT_EQ(again.load<Contact>("8").value()->name.value_or("-"), "Bob");
}

TEST_F(Forget, a_key_file_from_before_the_event_says_so_and_hides_nothing_else) {
    ASSERT_TRUE(keys_.backup(folder_.file("backup")).ok());
    app_.send(Add{"7", "Ada", {{"Dorset Street", "UK"}}}).value();
    ASSERT_TRUE(app_.close().ok());
    App again = wired(open(folder_.file("store")).value(), open_keys(folder_.file("backup")).value());
    const auto contact = again.load<Contact>("7").value();
    EXPECT_FALSE(contact->name.forgotten()) << "nobody destroyed the key";
    EXPECT_EQ(contact->name.open().error().reason, "personal.no_key");
    EXPECT_EQ(contact->addresses.at(0).country, "UK");
}

TEST_F(Forget, keys_of_another_store_are_refused_unless_adopted) {
    app_.send(Add{"7", "Ada"}).value();
    ASSERT_TRUE(keys_.backup(folder_.file("backup")).ok());
    {
        App other = wired(open(folder_.file("other")).value(), open_keys(folder_.file("backup")).value());
        const auto refused = other.send(Add{"1", "Eve"});
        EXPECT_EQ(refused.error().code, Code::failed_precondition);
        EXPECT_NE(refused.error().message.find("adopt"), std::string::npos) << refused.error().message;
        EXPECT_EQ(other.forget("7").error().code, Code::failed_precondition);
        EXPECT_TRUE(other.send(Call{"1", 1}).ok()) << "what is not personal does not care";
    }
    App other = wired(open(folder_.file("other")).value(), open_keys(folder_.file("backup"), {.adopt = true}).value());
    EXPECT_TRUE(other.send(Add{"1", "Eve"}).ok());
}

TEST_F(Forget, without_keys_nothing_personal_is_stored_or_read) {
    app_.send(Add{"7", "Ada"}).value();
    const auto head = store_.head();
    App keyless{store_};
    wire(keyless);
    const auto refused = keyless.send(Add{"8", "Bob"});
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_EQ(refused.error().reason, "personal.no_keys");
    EXPECT_NE(refused.error().message.find("Added"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("open_keys"), std::string::npos) << refused.error().message;
    EXPECT_EQ(store_.head(), head);
    const auto unread = keyless.load<Contact>("7");
    EXPECT_EQ(unread.error().reason, "personal.no_keys");
    EXPECT_EQ(keyless.forget("7").error().reason, "personal.no_keys");
    EXPECT_TRUE(keyless.send(Call{"9", 1}).ok());
}

TEST_F(Forget, the_keys_are_there_for_who_reads_the_log_himself) {
    app_.send(Add{"7", "Ada"}).value();
    auto cursor = store_.read({}).value();
    const Event* event = cursor.next();
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(decode_event<Added>(*event).error().reason, "personal.no_keys");
    const KeysHere keys = app_.keys_here();
    EXPECT_EQ(decode_event<Added>(*event).value().name.value_or("-"), "Ada");
}

TEST_F(Forget, a_command_told_to_a_log_shows_nothing_personal) {
    std::vector<std::string> told;
    app_.use([&](CommandContext& context, const Next& next) {
        const auto json = context.json();
        told.push_back(json.ok() ? *json : json.error().message);
        return next();
    });
    app_.send(Add{"7", "Ada"}).value();
    app_.handle<Named, Contact>(&Named::contact,
                                [](const Named& c, const Contact&) { return accept(Renamed{c.contact, c.name}); });
    app_.send(Named{"7", "Ada"}).value();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_NE(told[0].find("subject()"), std::string::npos) << told[0];
    EXPECT_NE(told[1].find("$sealed"), std::string::npos) << told[1];
    for (const std::string& text : told) EXPECT_EQ(text.find("Ada"), std::string::npos) << text;
}

TEST_F(Forget, a_handler_that_would_keep_a_clear_value_fails_and_nothing_else) {
    app_.project<Careless>();
    const auto sent = app_.send(Add{"7", "Ada"});
    ASSERT_TRUE(sent.ok());
    const auto answer = app_.ask(NameOf{"7"}, after(sent));
    EXPECT_FALSE(answer.value().has_value());
    const auto quarantined = app_.projections().at(0).quarantined;
    ASSERT_EQ(quarantined.size(), 1U);
    const std::string& why = quarantined[0].error.message;
    EXPECT_NE(why.find("could not be forgotten"), std::string::npos) << why;
    EXPECT_EQ(why.find("Ada"), std::string::npos) << why;
    EXPECT_EQ(app_.load<Contact>("7").value()->name.value_or("-"), "Ada");
}

TEST_F(Forget, many_readers_and_writers_go_on_while_people_are_forgotten) {
    app_.project<Directory>();
    constexpr int contacts = 40;
    for (int i = 0; i < contacts; ++i) app_.send(Add{std::to_string(i), "Ada"}).value();
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (int i = t; !stop; i = (i + 1) % contacts) {
                const auto row = app_.ask(NameOf{std::to_string(i)});
                if (!row.ok() || !*row) continue;
                const auto name = (**row).name.open();
                if (name.ok() ? *name != "Ada" : name.error().reason != "personal.forgotten") ++wrong;
                (void)app_.send(Call{std::to_string(i), 1});
            }
        });
    }
    for (int i = 0; i < contacts; i += 2) {
        if (!app_.forget(std::to_string(i)).ok()) ++wrong;
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    for (int i = 0; i < contacts; ++i) {
        EXPECT_EQ(app_.load<Contact>(std::to_string(i)).value()->name.forgotten(), i % 2 == 0) << i;
    }
}

TEST_F(Forget, who_asked_is_in_the_metadata) {
    app_.send(Add{"7", "Ada"}).value();
    app_.forget("7", {.correlation_id = "request-9", .metadata = {{"user", "ann"}}}).value();
    auto cursor = store_.read({.source = Stream{"varve-forgotten"}}).value();
    const Event* event = cursor.next();
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->type, "varve.forgotten");
    EXPECT_EQ(event->data, R"({"subject":"7"})");
    EXPECT_NE(event->metadata.find("request-9"), std::string_view::npos);
    EXPECT_NE(event->metadata.find("ann"), std::string_view::npos);
}

}  // namespace
}  // namespace varve
