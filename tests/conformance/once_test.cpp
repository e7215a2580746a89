#include <algorithm>
#include <array>
#include <set>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

/// Sending a commit again. Every test that can runs its last words once more on the store reopened.
class Once : public Conformance {
protected:
    static EventId id(std::uint8_t number) {
        EventId each;
        each.bytes = {0x0f, 0x8f, 0xad, 0x5b, 0xd9, 0xcb, 0x46, 0x9f, 0xa1, 0x65, 0x70, 0x86, 0x77, 0x28, 0x95, number};
        return each;
    }
    static NewEvent marked(std::uint8_t number, std::string type = "Happened") {
        NewEvent event = fact(std::move(type));
        event.id = id(number);
        return event;
    }
    static Commit to(std::string_view stream, Expected expected, std::initializer_list<std::uint8_t> numbers) {
        std::vector<NewEvent> events;
        for (const std::uint8_t number : numbers) events.push_back(marked(number));
        return Commit{}.append(stream, expected, std::move(events));
    }
    Receipt written(Commit commit) {
        const Position before = store().head();
        const std::size_t events = commit.events.size();
        auto receipt = store().append(std::move(commit));
        EXPECT_TRUE(receipt) << receipt.error();
        if (!receipt) return {};
        EXPECT_FALSE(receipt->repeated);
        EXPECT_EQ(store().head(), before + events);
        return *receipt;
    }
    void expect_repeat(Commit commit, Receipt original) {
        const Position before = store().head();
        const auto again = store().append(std::move(commit));
        ASSERT_TRUE(again) << again.error();
        original.repeated = true;
        EXPECT_EQ(*again, original);
        EXPECT_EQ(store().head(), before) << "nothing is written";
    }
    void expect_overlap(Commit commit, const std::vector<std::pair<std::size_t, Position>>& known) {
        const Position before = store().head();
        const std::vector<NewEvent> events = commit.events;
        const auto outcome = store().append(std::move(commit));
        expect_error(outcome, Code::already_exists);
        if (outcome) return;
        EXPECT_EQ(store().head(), before);
        ASSERT_NE(outcome.error().overlap, nullptr);
        std::vector<std::pair<std::size_t, Position>> told;
        for (const Overlap::Known& each : outcome.error().overlap->known) {
            told.emplace_back(each.event, each.position);
            EXPECT_EQ(each.id, events[each.event].id);
            const auto there = read_all(store(), {.from = each.position, .limit = 1}).at(0);
            EXPECT_EQ(there.given.id, each.id);
            EXPECT_EQ(there.given.stream, each.stream);
            EXPECT_EQ(there.revision, each.revision);
        }
        EXPECT_EQ(told, known);
        expect_error(
            outcome, Code::already_exists,
            {events[known.front().first].id.to_string(), "position " + std::to_string(known.front().second.value)});
    }
};

INSTANTIATE_TEST_SUITE_P(engines, Once, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Once, a_repeat_answers_the_original_receipt_whatever_was_expected) {
    append("a-1");
    const Expected kinds[] = {Expected::any(), Expected::exists(), Expected::exact(Revision{0})};
    std::uint8_t number = 0;
    std::vector<std::pair<Commit, Receipt>> sent;
    for (const Expected& expected : kinds) {
        const Expected now = expected.kind() == Expected::Kind::exact ? Expected::exact(Revision{number}) : expected;
        Commit commit = to("a-1", now, {static_cast<std::uint8_t>(number + 1), static_cast<std::uint8_t>(number + 2)});
        number = static_cast<std::uint8_t>(number + 2);
        sent.emplace_back(commit, written(commit));
    }
    const Commit first = to("b-1", Expected::none(), {100, 101});
    sent.emplace_back(first, written(first));
    append("b-1");
    append("a-1");
    now_and_reopened([&] {
        for (const auto& [commit, receipt] : sent) expect_repeat(commit, receipt);
    });
}

TEST_P(Once, a_repeat_over_several_streams_answers_every_revision) {
    append("b-1");
    Commit commit;
    commit.append("a-1", Expected::none(), {marked(1), marked(2)})
        .append("b-1", Expected::any(), {marked(3)})
        .append("a-1", Expected::none(), {marked(4)});
    const Receipt original = written(commit);
    EXPECT_EQ(original.streams, (std::vector<Receipt::StreamRevision>{{"a-1", Revision{2}}, {"b-1", Revision{1}}}));
    append("a-1");
    Commit unlocated = commit;
    unlocated.conditions.clear();
    now_and_reopened([&] {
        expect_repeat(commit, original);
        expect_repeat(unlocated, original);
    });
}

TEST_P(Once, an_expectation_finds_the_original_where_it_says_and_nowhere_else) {
    const Commit first = to("a-1", Expected::none(), {1});
    const Receipt original = written(first);
    // The same id is free to be used where nothing of the commit can lie.
    written(to("a-1", Expected::exact(Revision{0}), {1}));
    expect_repeat(first, original);
    // Here another event follows the revision that is expected.
    expect_error(store().append(to("a-1", Expected::none(), {9})), Code::aborted);
    expect_error(store().append(to("a-1", Expected::exact(Revision{7}), {1})), Code::aborted);
    // Of this commit the first event is there, but not the second.
    expect_overlap(to("a-1", Expected::none(), {1, 2}), {{0, Position{0}}});
}

TEST_P(Once, an_expectation_of_a_stream_that_is_not_written_does_not_say_where_to_look) {
    append("other-1");
    Commit commit = to("a-1", Expected::any(), {1});
    commit.conditions.emplace_back(StreamIs{"other-1", Expected::exact(Revision{0})});
    const Receipt original = written(commit);
    append("other-1");
    now_and_reopened([&] {
        expect_repeat(commit, original);
        Commit fresh = to("a-1", Expected::any(), {2});
        fresh.conditions = commit.conditions;
        expect_error(store().append(fresh), Code::aborted, {"other-1"});
    });
}

TEST_P(Once, a_condition_on_a_query_that_the_original_broke_itself_is_no_conflict) {
    const auto joined = [](std::uint8_t number) {
        NewEvent event = marked(number, "Joined");
        event.tags = {"name:anna"};
        return Commit{}
            .append("user-" + std::to_string(number), Expected::any(), {event})
            .unless({.items = {{.tags = {"name:anna"}}}});
    };
    const Receipt original = written(joined(1));
    append("a-1");
    now_and_reopened([&] {
        expect_repeat(joined(1), original);
        expect_error(store().append(joined(2)), Code::aborted);
    });
}

TEST_P(Once, a_part_of_a_commit_is_an_error_that_says_which) {
    written(to("a-1", Expected::any(), {1, 2, 3}));
    now_and_reopened([&] {
        expect_overlap(to("a-1", Expected::any(), {1, 2, 3, 4}),
                       {{0, Position{0}}, {1, Position{1}}, {2, Position{2}}});
        expect_overlap(to("a-1", Expected::any(), {5, 3}), {{1, Position{2}}});
        expect_overlap(to("a-1", Expected::any(), {2, 1}), {{0, Position{1}}, {1, Position{0}}});
        expect_overlap(to("a-1", Expected::any(), {1, 3}), {{0, Position{0}}, {1, Position{2}}});
        expect_overlap(to("b-1", Expected::any(), {1, 2, 3}), {{0, Position{0}}, {1, Position{1}}, {2, Position{2}}});
        Commit mixed = to("a-1", Expected::any(), {2});
        mixed.append("a-1", Expected::any(), {fact("Drawn")});
        expect_overlap(mixed, {{0, Position{1}}});
    });
}

TEST_P(Once, events_that_lie_there_in_a_row_are_a_repeat_whoever_wrote_them) {
    written(to("a-1", Expected::any(), {1}));
    written(to("b-1", Expected::any(), {2}));
    const Receipt last = written(to("a-1", Expected::any(), {3}));
    Commit together = to("a-1", Expected::any(), {1});
    together.append("b-1", Expected::any(), {marked(2)}).append("a-1", Expected::any(), {marked(3)});
    now_and_reopened([&] {
        const auto receipt = store().append(together).value();
        EXPECT_TRUE(receipt.repeated);
        EXPECT_EQ(receipt.first, Position{0});
        EXPECT_EQ(receipt.last, Position{2});
        EXPECT_EQ(receipt.time, last.time);
        EXPECT_EQ(receipt.streams, (std::vector<Receipt::StreamRevision>{{"a-1", Revision{1}}, {"b-1", Revision{0}}}));
    });
}

TEST_P(Once, a_commit_may_switch_the_check_off) {
    Commit commit = to("a-1", Expected::any(), {1, 2});
    written(commit);
    Commit unchecked = commit;
    unchecked.repeats = Repeats::unchecked;
    written(unchecked);
    Commit located = to("a-1", Expected::none(), {1, 2});
    located.repeats = Repeats::unchecked;
    expect_error(store().append(located), Code::aborted);
    // Of two that are there the older one may be answered, or the newer: but whole.
    const auto again = store().append(commit).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.last - again.first, 1U);
    EXPECT_EQ(store().head(), Position{4});
}

TEST_P(Once, ids_drawn_by_the_store_are_found_when_they_come_back) {
    append("a-1");
    append("a-1");
    const auto stored = read_all(store());
    const Commit exported{.events = {stored[0].given, stored[1].given}};
    now_and_reopened([&] {
        const auto again = store().append(exported).value();
        EXPECT_TRUE(again.repeated);
        EXPECT_EQ(again.first, Position{0});
        EXPECT_EQ(again.last, Position{1});
        EXPECT_EQ(store().head(), Position{2});
    });
}

TEST_P(Once, repeats_of_commits_under_way_wait_for_them) {
    Outcomes outcomes;
    const std::string big(64 << 10, 'x');
    for (int n = 0; n < 20; ++n) {
        store().append(Commit{}.append("busy-1", Expected::any(), {fact("Busy", big)}), outcomes.next());
        const auto number = static_cast<std::uint8_t>(n);
        for (int time = 0; time < 3; ++time) {
            store().append(to("a-1", Expected::any(), {number}), outcomes.next());
            store().append(to("b-" + std::to_string(n), Expected::none(), {static_cast<std::uint8_t>(100 + n)}),
                           outcomes.next());
        }
    }
    const auto all = outcomes.wait();
    for (std::size_t n = 0; n < 20; ++n) {
        for (std::size_t kind = 1; kind <= 2; ++kind) {
            const auto& first = all[n * 7 + kind];
            ASSERT_TRUE(first) << first.error();
            EXPECT_FALSE(first->repeated);
            Receipt original = *first;
            original.repeated = true;
            for (std::size_t time = 1; time < 3; ++time) {
                const auto& again = all[n * 7 + kind + 2 * time];
                ASSERT_TRUE(again) << again.error();
                EXPECT_EQ(*again, original);
            }
        }
    }
    EXPECT_EQ(store().head(), Position{60});
}

TEST_P(Once, of_many_that_send_the_same_exactly_one_writes) {
    for (std::uint8_t round = 0; round < 20; ++round) {
        const std::array<Commit, 3> same = {
            to("any-1", Expected::any(), {round}),
            to("new-" + std::to_string(round), Expected::none(), {static_cast<std::uint8_t>(50 + round)}), [&] {
                Commit command = Commit{}.append("command-1", Expected::any(), {fact("Done")});
                command.command_id = "command " + std::to_string(round);
                return command;
            }()};
        for (const Commit& commit : same) {
            const Position before = store().head();
            std::mutex mutex;
            std::vector<Receipt> receipts;
            in_parallel(8, [&](int) {
                auto receipt = store().append(commit);
                const std::scoped_lock lock(mutex);
                EXPECT_TRUE(receipt) << receipt.error();
                if (receipt) receipts.push_back(*receipt);
            });
            EXPECT_EQ(store().head(), before + 1);
            EXPECT_EQ(std::ranges::count(receipts, false, &Receipt::repeated), 1);
            for (Receipt& receipt : receipts) {
                receipt.repeated = false;
                EXPECT_EQ(receipt, receipts.front());
            }
        }
    }
}

TEST_P(Once, a_command_id_answers_the_original_receipt_whatever_it_carries) {
    Commit commit = Commit{}.append("a-1", Expected::none(), {fact("One"), fact("Two")});
    commit.append("b-1", Expected::any(), {fact("Three")});
    commit.command_id = "transfer-17";
    const Receipt original = written(commit);
    append("a-1");
    Commit other = Commit{}.append("c-1", Expected::exists(), {marked(1)});
    other.command_id = "transfer-17";
    now_and_reopened([&] {
        expect_repeat(commit, original);
        expect_repeat(other, original);
        Receipt found = store().find_command("transfer-17").value().value();
        EXPECT_TRUE(found.repeated);
        found.repeated = false;
        EXPECT_EQ(found, original);
        EXPECT_FALSE(store().find_command("transfer-18").value());
        other.repeats = Repeats::unchecked;
        expect_repeat(other, original);
    });
    Commit third = commit;
    third.conditions.clear();
    third.command_id = "transfer-18";
    written(third);
}

TEST_P(Once, a_command_under_way_is_found_when_it_is_durable) {
    Outcomes outcomes;
    std::vector<Receipt> found;
    for (int n = 0; n < 50; ++n) {
        Commit commit = Commit{}.append("a-1", Expected::any(), {fact("One")});
        commit.command_id = std::to_string(n);
        store().append(commit, outcomes.next());
        const auto receipt = store().find_command(commit.command_id).value();
        ASSERT_TRUE(receipt);
        EXPECT_LT(receipt->last, store().head()) << "it is visible by now";
        found.push_back(*receipt);
    }
    const auto all = outcomes.wait();
    for (std::size_t n = 0; n < 50; ++n) {
        Receipt original = all[n].value();
        original.repeated = true;
        EXPECT_EQ(found[n], original);
    }
}

TEST_P(Once, a_command_that_was_refused_is_not_remembered) {
    Commit commit = Commit{}.append("a-1", Expected::exists(), {fact("One")});
    commit.command_id = "c";
    expect_error(store().append(commit), Code::aborted);
    EXPECT_FALSE(store().find_command("c").value());
    append("a-1");
    const Receipt original = written(commit);
    EXPECT_EQ(store().find_command("c").value().value().first, original.first);
}

TEST_P(Once, command_ids_have_a_limit) {
    Commit commit = Commit{}.append("a-1", Expected::any(), {fact("One")});
    for (const std::string& refused :
         {std::string(limits::command_id_bytes + 1, 'x'), std::string("a\nb"), std::string("\xff")}) {
        commit.command_id = refused;
        expect_error(store().append(commit), Code::invalid_argument, {"command id"});
        expect_error(store().find_command(refused), Code::invalid_argument, {"command id"});
    }
    expect_error(store().find_command(""), Code::invalid_argument, {"command id"});
    for (const std::size_t bytes : {std::size_t{1}, limits::command_id_bytes}) {
        commit.command_id = std::string(bytes, 'x');
        const Receipt original = written(commit);
        now_and_reopened([&] { expect_repeat(commit, original); });
    }
    EXPECT_EQ(read_all(store()).size(), 2U);
}

TEST_P(Once, a_closed_store_answers_no_command) {
    ASSERT_TRUE(store().close());
    expect_error(store().find_command("c"), Code::failed_precondition);
}

}  // namespace
}  // namespace varve::conformance
