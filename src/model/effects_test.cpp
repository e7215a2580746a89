#include "varve/effects.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/outbox.hpp"
#include "model/sqlite_outbox.hpp"
#include "model/temp_folder_fixture.hpp"
#include "varve/testing.hpp"

namespace varve {
namespace {

using bank::Deposit;
using bank::Deposited;
using bank::Open;

struct SendMail {
    std::string to;
    std::int64_t cents = 0;
};
struct Count {
    using Answer = std::uint64_t;
};
std::atomic<bool> unlucky = false;
struct Mails {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    Table<bank::Balance> seen;
    Effects<SendMail> mails;
    static std::uint64_t merge(const std::vector<std::uint64_t>& parts) { return parts.at(0) + parts.at(1); }
    void on(const Deposited& e, const Event& event) {
        mails.add({e.account, e.cents});
        if (unlucky && e.cents == 13) throw std::runtime_error("unlucky");
        if (e.cents == 2) mails.add({e.account, 22});
        seen.put({std::to_string(event.position.value), e.cents});
    }
    std::uint64_t answer(const Count&) const { return seen.size(); }
};

/// What was performed, for a test that waits for it.
class Post {
public:
    Result<> deliver(const SendMail& mail, const EffectContext& context) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(context.id + " " + std::to_string(mail.cents) + (context.attempt > 1 ? "!" : ""));
        arrived_.notify_all();
        if (refuse && refuse(mail)) return Error{.code = Code::unavailable, .message = "the post is closed"};
        return {};
    }
    std::vector<std::string> wait_for(std::size_t lines) {
        std::unique_lock lock(mutex_);
        arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return lines_.size() >= lines; });
        return lines_;
    }
    std::function<bool(const SendMail&)> refuse;

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::string> lines_;
};

void perform(App& app, Post& post) {
    app.perform<SendMail>(
        [&post](const SendMail& mail, const EffectContext& context) { return post.deliver(mail, context); },
        {.attempts = 3, .pause = std::chrono::milliseconds(1)});
}

EffectsStatus status_when(App& app, const std::function<bool(const EffectsStatus&)>& reached) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
        auto status = app.projections().at(0).effects.value();
        if (reached(status) || std::chrono::steady_clock::now() > limit) return status;
        std::this_thread::yield();
    }
}
bool idle(const EffectsStatus& status) {
    return status.pending == 0;
}

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
    const auto status = status_when(app, idle);
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
    const auto status = status_when(app, idle);
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
    EXPECT_EQ(status_when(app, idle).aside, 0U);
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
        status_when(app, idle);
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
    EXPECT_EQ(status_when(app, idle).performed, 8U);
}

/// One that was rebuilt beside another performs what that has left, and what came after, and nothing else.
void takes_over(Outbox& old, Outbox& fresh) {
    const auto add = [](Outbox& box, std::uint64_t position) {
        box.add(Position{position}, {{"SendMail", std::to_string(position)}}).value();
    };
    for (const std::uint64_t position : {5U, 6U, 7U}) add(old, position);
    fresh.begin_at(Position{5}).value();
    EXPECT_EQ(fresh.from(), Position{5});
    for (const std::uint64_t position : {5U, 6U, 7U, 8U}) add(fresh, position);
    if (auto* memory = dynamic_cast<MemoryOutbox*>(&old)) memory->commit();
    if (auto* memory = dynamic_cast<MemoryOutbox*>(&fresh)) memory->commit();
    old.done({Position{5}, 0}).value();
    old.set_aside({Position{6}, 0}, "closed").value();
    fresh.take_over(Position{8}, old.all().value()).value();
    Lines left;
    for (const StoredEffect& effect : fresh.all().value()) left.push_back(effect.data + effect.error.value_or(""));
    EXPECT_EQ(left, (Lines{"6closed", "7", "8"}));
    EXPECT_EQ(fresh.first().value().value().data, "7");
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
    // The file knows where its effects begin.
    SqliteOutbox again(fresh_file, folder.file("new.db"), Position{41});
    EXPECT_EQ(again.from(), Position{5});
}

TEST(Outbox, in_memory_is_bounded) {
    MemoryOutbox box(Position{0});
    std::vector<detail::NewEffect> many(effects_in_memory, {"SendMail", "{}"});
    EXPECT_TRUE(box.add(Position{0}, many).ok());
    EXPECT_EQ(box.add(Position{1}, {{"SendMail", "{}"}}).error().code, Code::resource_exhausted);
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
