// Commits that are sent again: the edge of what is known, restarts, a full disk, and kill -9 between write and receipt.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/folder_engine.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

class OriginalsTest : public ::testing::Test {
protected:
    OriginalsTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-originals-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~OriginalsTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] Store open(std::size_t known_events, std::uint64_t segment_bytes = 64 << 20) const {
        const OpenOptions options{.durability = Durability::buffered, .segment_bytes = segment_bytes};
        return Store(open_writing_engine((folder_ / "store").string(), options, io::real_environment(),
                                         {.index = {}, .sizes = {.known_events = known_events}})
                         .value());
    }
    static EventId id(std::uint64_t number) {
        EventId each;
        each.bytes[0] = 1;
        std::memcpy(each.bytes.data() + 8, &number, sizeof number);
        return each;
    }
    /// A commit of `events` events, the first of which has this number.
    static Commit numbered(std::uint64_t number, std::uint64_t events = 1, Expected expected = Expected::any()) {
        std::vector<NewEvent> list;
        for (std::uint64_t i = 0; i < events; ++i) {
            list.push_back(
                {.stream = {}, .type = "Happened", .data = std::to_string(number + i), .id = id(number + i)});
        }
        return Commit{}.append("s-" + std::to_string(number % 5), expected, std::move(list));
    }

    std::filesystem::path folder_;
};

TEST_F(OriginalsTest, TheLastEventsAreKnownAndTheFirstAreNot) {
    constexpr std::uint64_t known = 200;
    constexpr std::uint64_t all = 1000;
    {
        Store store = open(known, 1 << 20);
        for (std::uint64_t n = 0; n < all; ++n) EXPECT_FALSE(store.append(numbered(n)).value().repeated);
        for (std::uint64_t n = all - known; n < all; ++n) EXPECT_TRUE(store.append(numbered(n)).value().repeated) << n;
        EXPECT_FALSE(store.append(numbered(0)).value().repeated) << "memory is bounded";
    }
    for (int opening = 0; opening < 3; ++opening) {
        if (opening == 2) std::filesystem::remove_all(folder_ / "store" / "index");
        Store store = open(known, 1 << 20);
        ASSERT_EQ(store.head(), Position{all + 1});
        for (std::uint64_t n = all + 1 - known; n < all; ++n) {
            const Receipt receipt = store.append(numbered(n)).value();
            EXPECT_TRUE(receipt.repeated) << n;
            EXPECT_EQ(receipt.first, Position{n});
        }
        EXPECT_EQ(store.append(numbered(0)).value().first, Position{all});
    }
    EXPECT_FALSE(open(known).append(numbered(1)).value().repeated);
}

TEST_F(OriginalsTest, AnExpectationFindsTheOriginalHoweverOldItIs) {
    {
        Store store = open(10);
        for (std::uint64_t n = 0; n < 300; n += 3) {
            const Expected expected = n < 15 ? Expected::none() : Expected::exact(Revision{n / 15 * 3 - 1});
            EXPECT_FALSE(store.append(numbered(n, 3, expected)).value().repeated) << n;
        }
    }
    Store store = open(10);
    for (std::uint64_t n = 0; n < 300; n += 3) {
        const Expected expected = n < 15 ? Expected::none() : Expected::exact(Revision{n / 15 * 3 - 1});
        const Receipt receipt = store.append(numbered(n, 3, expected)).value();
        EXPECT_TRUE(receipt.repeated);
        EXPECT_EQ(receipt.first, Position{n});
        EXPECT_EQ(receipt.last, Position{n + 2});
        EXPECT_EQ(receipt.streams.at(0).last, Revision{n / 15 * 3 + 2});
    }
    EXPECT_EQ(store.head(), Position{300});
}

TEST_F(OriginalsTest, TheLastCommandsAreKnown) {
    const auto command = [](int number) {
        Commit commit =
            Commit{}.append("c-1", Expected::any(), {{.stream = {}, .type = "A"}, {.stream = {}, .type = "B"}});
        commit.command_id = "command " + std::to_string(number);
        return commit;
    };
    {
        Store store = open(100);
        for (int n = 0; n < 400; ++n) EXPECT_FALSE(store.append(command(n)).value().repeated);
        for (int n = 300; n < 400; ++n) EXPECT_TRUE(store.append(command(n)).value().repeated);
    }
    Store store = open(100);
    for (int n = 350; n < 400; ++n) {
        EXPECT_EQ(store.append(command(n)).value().first, Position{static_cast<std::uint64_t>(2 * n)});
        EXPECT_TRUE(store.find_command("command " + std::to_string(n)).value());
    }
    EXPECT_FALSE(store.find_command("command 0").value());
    EXPECT_EQ(store.head(), Position{800});
}

TEST_F(OriginalsTest, ManyWhoAskAtOnceAfterOpeningAllWaitForTheIds) {
    {
        Store store = open(1 << 20);
        for (std::uint64_t n = 0; n < 50'000; n += 1000) store.append(numbered(n, 1000)).value();
    }
    Store store = open(1 << 20);
    std::vector<std::jthread> callers;
    for (std::uint64_t caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&store, caller] {
            for (std::uint64_t n = caller * 1000; n < 50'000; n += 4000) {
                // Commits that need no ids go on meanwhile, and are found later all the same.
                store.append(Commit{}.append("drawn", Expected::any(), {{.stream = {}, .type = "Drawn"}})).value();
                const Receipt receipt = store.append(numbered(n, 1000)).value();
                EXPECT_TRUE(receipt.repeated);
                EXPECT_EQ(receipt.first, Position{n});
            }
        });
    }
    callers.clear();
    std::vector<NewEvent> drawn;
    store.read({.source = Stream{"drawn"}})
        .value()
        .each([&](const Event& event) { drawn.push_back(to_new_event(event)); })
        .value();
    ASSERT_EQ(drawn.size(), 50U);
    for (const NewEvent& event : drawn) EXPECT_TRUE(store.append({.events = {event}}).value().repeated);
    EXPECT_EQ(store.head(), Position{50'050});
}

TEST_F(OriginalsTest, ClosingDoesNotWaitForTheIds) {
    {
        open(1 << 20).append(numbered(0, 1000)).value();
    }
    for (int opening = 0; opening < 20; ++opening) EXPECT_TRUE(open(1 << 20).close());
    EXPECT_TRUE(open(1 << 20).append(numbered(0)).value().repeated);
}

// The classic case: the commit is stored, but its receipt never arrives, so it is sent again.
TEST_F(OriginalsTest, KilledBetweenWriteAndReceiptNothingIsWrittenTwice) {
    const auto sent = [](std::uint64_t n) {
        switch (n % 3) {
            case 0: return numbered(n, 1);
            case 1: {
                Commit command = Commit{}.append("command-1", Expected::any(),
                                                 {{.stream = {}, .type = "Done", .data = std::to_string(n)}});
                command.command_id = std::to_string(n);
                return command;
            }
            default: {
                Commit located = numbered(n, 1);
                located.conditions.emplace_back(StreamIs{"mine-" + std::to_string(n), Expected::none()});
                located.events.front().stream = "mine-" + std::to_string(n);
                return located;
            }
        }
    };
    std::uint64_t next = 0;
    for (int round = 0; round < 4; ++round) {
        int progress[2];
        ASSERT_EQ(pipe(progress), 0);
        const pid_t child = fork();
        if (child == 0) {
            Store store = open(1 << 20);
            for (std::uint64_t n = next;; ++n) {
                store.append(sent(n), [](const Result<Receipt>&) {});
                if (n % 16 == 0 && write(progress[1], &n, sizeof n) < 0) _exit(3);
            }
        }
        close(progress[1]);
        std::uint64_t reached = next;
        while (reached < next + 1000 && read(progress[0], &reached, sizeof reached) == sizeof reached) continue;
        kill(child, SIGKILL);
        while (read(progress[0], &reached, sizeof reached) == sizeof reached) continue;
        close(progress[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status));

        // Nobody knows which of them are stored: all are sent again.
        Store store = open(1 << 20);
        reached += 100;
        SCOPED_TRACE("round " + std::to_string(round) + ", from " + std::to_string(next) + " to " +
                     std::to_string(reached) + ", stored before " + std::to_string(store.head().value));
        for (std::uint64_t n = next; n < reached; ++n) store.append(sent(n)).value();
        next = reached;
        std::set<std::string> stored;
        store.read({})
            .value()
            .each([&](const Event& event) {
                EXPECT_TRUE(stored.emplace(event.data).second) << event.data << " at " << event.position;
            })
            .value();
        for (std::uint64_t n = 0; n < next; ++n) EXPECT_TRUE(stored.contains(std::to_string(n))) << n;
    }
}

}  // namespace
}  // namespace varve::engine
