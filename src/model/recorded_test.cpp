/// Commands and timers that an older program has recorded, sent and heard by one that has other shapes for them.
#include "varve/detail/recorded.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "varve/testing_pass.hpp"
#include "varve/testing_process.hpp"
#include "varve/varve.hpp"

namespace varve {
namespace {

using std::chrono::hours;
using State = ScheduledCommand::State;

struct Booked {
    std::string room;
    std::int64_t hours = 0;
};
struct Reminded {
    std::string room;
    std::int64_t minutes = 0;
};
struct Room {
    using Events = varve::Events<Booked, Reminded>;
    std::int64_t minutes = 0;
    void evolve(const Booked&) {}
    void evolve(const Reminded& e) { minutes += e.minutes; }
};
struct Book {
    std::string room;
    std::int64_t hours = 0;
};
Decision decide(const Book& c, const Room&) {
    return accept(Booked{c.room, c.hours});
}

namespace then {

struct Remind {
    std::string room;
    std::int64_t hours = 0;
};
struct Due {
    std::string room;
    std::int64_t hours = 0;
};
/// Reminds at once and a day later.
struct Desk {
    using Hears = varve::Events<Booked>;
    using Sends = Commands<Remind>;
    using Timers = varve::Timers<Due>;
    static std::string key(const Booked& e) { return e.room; }
    static Steps on(const Booked& e) {
        return steps(send(Remind{e.room, e.hours}), timer("due", hours(24), Due{e.room, e.hours}));
    }
    static Steps on(const Due& d) { return send(Remind{d.room, d.hours}); }
    static Steps on(const Rejected<Remind>&) { return {}; }
};

}  // namespace then

namespace now {

struct Remind {
    static constexpr int version = 2;
    std::string room;
    std::int64_t minutes = 0;
    static std::optional<Remind> upcast(const then::Remind& old) {
        if (old.hours == 13) throw std::runtime_error("thirteen");
        if (old.hours == 0) return {};
        return Remind{old.room, old.hours * 60};
    }
};
struct Due {
    static constexpr int version = 2;
    std::string room;
    std::int64_t minutes = 0;
    static Due upcast(const then::Due& old, const Event& recorded) {
        EXPECT_EQ(recorded.type, "Due");
        return {old.room, old.hours * 60};
    }
};
struct Desk {
    using Hears = varve::Events<Booked>;
    using Sends = Commands<Remind>;
    using Timers = varve::Timers<Due>;
    static std::string key(const Booked& e) { return e.room; }
    std::int64_t refused = 0;
    static Steps on(const Booked&) { return {}; }
    static Steps on(const Due& d) { return send(Remind{d.room, d.minutes}); }
    Steps on(const Rejected<Remind>& r) {
        refused += r.command.minutes;
        return {};
    }
};

Decision decide(const Remind& c, const Room&) {
    if (c.minutes > 1'000) return reject("room.too_long");
    return accept(Reminded{c.room, c.minutes});
}

}  // namespace now

/// Changed without a new version.
namespace careless {

struct Remind {
    std::string room;
    std::int64_t minutes = 0;
};
Decision decide(const Remind& c, const Room&) {
    return accept(Reminded{c.room, c.minutes});
}

}  // namespace careless

class RecordedTest : public ::testing::Test {
public:
    [[nodiscard]] App bare() const { return App{store, {.clock = clock, .background = false}}; }
    /// The program of then: it records, and never sends.
    void then_books(std::int64_t of) const {
        App app = bare();
        app.handle<Book, Room>(&Book::room, decide);
        app.run<then::Desk>();
        static_cast<void>(app.send(Book{"r1", of}).value());
        app.settle().value();
    }
    [[nodiscard]] std::string then_schedules(std::int64_t of) const {
        App app = bare();
        return app.schedule(then::Remind{"r1", of}, hours(1)).value().id;
    }
    [[nodiscard]] App of_now() const {
        App app = bare();
        app.handle<now::Remind, Room>(&now::Remind::room, now::decide);
        app.run<now::Desk>();
        return app;
    }
    static std::string last_error(const App& app, const std::string& process) {
        for (const ProcessStatus& status : app.processes()) {
            if (status.name == process && status.last_error) return status.last_error->message;
        }
        return "none";
    }

    std::shared_ptr<testing::VirtualClock> clock = std::make_shared<testing::VirtualClock>();
    Store store = open("memory:", {.clock = clock}).value();
};

TEST_F(RecordedTest, a_scheduled_command_is_sent_as_what_it_is_today) {
    const std::string id = then_schedules(2);
    App app = of_now();
    testing::pass(app, *clock, hours(1)).value();
    EXPECT_EQ(app.scheduled(id)->state, State::done);
    EXPECT_EQ(app.load<Room>("r1")->state.minutes, 120);
    EXPECT_EQ(app.scheduled(id)->command, "Remind") << "what is on record stays as it is";
    EXPECT_EQ(app.scheduled(app.schedule(now::Remind{"r1", 5}, hours(1))->id)->command, "Remind.v2");
}

TEST_F(RecordedTest, one_without_an_upcast_waits_for_a_program_that_has_one) {
    const std::string id = then_schedules(2);
    {
        App app = bare();
        app.handle<careless::Remind, Room>(&careless::Remind::room, careless::decide);
        testing::pass(app, *clock, hours(1)).value();
        EXPECT_EQ(app.scheduled(id)->state, State::sending);
        const std::string error = last_error(app, "scheduled");
        EXPECT_NE(error.find("minutes"), std::string::npos) << error;
        EXPECT_NE(error.find("keep the old struct, and give Remind a version, and an upcast from it"),
                  std::string::npos)
            << error;
    }
    App app = of_now();
    testing::pass(app, *clock, hours(1)).value();
    EXPECT_EQ(app.scheduled(id)->state, State::done);
    EXPECT_EQ(app.load<Room>("r1")->state.minutes, 120);
}

TEST_F(RecordedTest, one_that_nobody_knows_waits_for_a_program_that_does) {
    const std::string id = then_schedules(2);
    {
        App app = bare();
        app.handle<Book, Room>(&Book::room, decide);
        testing::pass(app, *clock, hours(1)).value();
        EXPECT_EQ(app.scheduled(id)->state, State::sending);
        const std::string error = last_error(app, "scheduled");
        EXPECT_NE(error.find("nobody handles command Remind"), std::string::npos) << error;
        EXPECT_NE(error.find("upcast"), std::string::npos) << error;
    }
    App app = of_now();
    testing::pass(app, *clock, hours(1)).value();
    EXPECT_EQ(app.scheduled(id)->state, State::done);
}

TEST_F(RecordedTest, who_handles_the_old_command_itself_is_given_it) {
    const std::string id = then_schedules(2);
    App app = of_now();
    app.handle<then::Remind, Room>(&then::Remind::room,
                                   [](const then::Remind& c, const Room&) { return accept(Reminded{c.room, 7}); });
    testing::pass(app, *clock, hours(1)).value();
    EXPECT_EQ(app.scheduled(id)->state, State::done);
    EXPECT_EQ(app.load<Room>("r1")->state.minutes, 7);
}

TEST_F(RecordedTest, an_upcast_of_a_command_answers_exactly_one) {
    const std::string nothing = then_schedules(0), thrown = then_schedules(13);
    App app = of_now();
    testing::pass(app, *clock, hours(2)).value();
    EXPECT_EQ(app.scheduled(nothing)->state, State::sending);
    EXPECT_EQ(app.scheduled(thrown)->state, State::failed);
    EXPECT_NE(app.scheduled(thrown)->error->message.find(
                  "the upcast of Remind.v2, from the recorded 'Remind', threw: thirteen"),
              std::string::npos)
        << *app.scheduled(thrown)->error;
    const std::string error = last_error(app, "scheduled");
    EXPECT_NE(error.find("the upcast of Remind answers 0 commands"), std::string::npos) << error;
}

TEST_F(RecordedTest, a_process_goes_on_with_what_it_had_recorded) {
    then_books(2);
    App app = of_now();
    app.settle().value();
    EXPECT_EQ(app.load<Room>("r1")->state.minutes, 120) << "the command";
    testing::pass(app, *clock, hours(24)).value();
    EXPECT_EQ(app.load<Room>("r1")->state.minutes, 240) << "the timer";
    EXPECT_TRUE(app.processes().at(0).quarantined.empty());
    EXPECT_EQ(app.instance<now::Desk>("r1")->state.refused, 0) << "known again from its steps";
}

TEST_F(RecordedTest, a_process_hears_that_an_old_command_was_rejected) {
    then_books(100);
    App app = of_now();
    testing::pass(app, *clock, hours(24)).value();
    EXPECT_EQ(app.load<Room>("r1")->state.minutes, 0);
    EXPECT_EQ(app.instance<now::Desk>("r1")->state.refused, 2 * 6'000);
    EXPECT_TRUE(app.processes().at(0).quarantined.empty());
}

/// A process that goes back to an old timer.
struct Backward {
    using Hears = Events<Booked>;
    using Timers = varve::Timers<now::Due>;
    static std::string key(const Booked& e) { return e.room; }
    static Steps on(const Booked& e) { return timer("due", hours(1), then::Due{e.room, e.hours}); }
    static Steps on(const now::Due&) { return {}; }
};

TEST_F(RecordedTest, an_old_one_is_heard_and_no_more_recorded) {
    App app = bare();
    app.handle<Book, Room>(&Book::room, decide);
    app.run<Backward>();
    static_cast<void>(app.send(Book{"r1", 2}).value());
    app.settle().value();
    const ProcessStatus status = app.processes().at(0);
    ASSERT_EQ(status.quarantined.size(), 1U);
    const Error& error = status.quarantined[0].error;
    EXPECT_NE(error.message.find("does not list in its Timers"), std::string::npos) << error;
}

TEST_F(RecordedTest, the_kit_and_the_schema_know_the_old_ones) {
    testing::given_process<now::Desk>().when(then::Due{"r1", 2}).then_sends(now::Remind{"r1", 120});
    const Rejected<then::Remind> rejected{{"r1", 2}, {.code = Code::failed_precondition, .message = "no"}};
    EXPECT_EQ(testing::given_process<now::Desk>(rejected).process().refused, 120);
    const std::string text = schema<now::Desk>().text();
    for (const char* line : {"command Remind hours: int64\n", "command Remind.v2 minutes: int64\n",
                             "timer Due hours: int64\n", "timer Due.v2 minutes: int64\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

}  // namespace
}  // namespace varve
