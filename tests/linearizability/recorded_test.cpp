// Real threads on real engines: what they did and what they were told is recorded, and judged by the checker.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <random>
#include <thread>

#include "linearizability/checker.hpp"
#include "varve/store.hpp"

namespace varve::linearizability {
namespace {

constexpr int writers = 4;
constexpr int appends_of_a_writer = 250;
constexpr int streams = 3;

Seen seen(const Event& event) {
    return {.position = event.position,
            .revision = event.revision,
            .stream = std::string(event.stream),
            .data = std::string(event.data)};
}

class Recording {
public:
    explicit Recording(const Store& store) : store_(store) {}

    History run() {
        std::jthread follower([this] { follow(""); });
        std::jthread other_follower([this] { follow("r-1"); });
        {
            std::vector<std::jthread> readers;
            for (int i = 0; i < 2; ++i) {
                readers.emplace_back([this, i](const std::stop_token& stop) { read(stop, i); });
            }
            std::vector<std::jthread> threads;
            for (int i = 0; i < writers; ++i) threads.emplace_back([this, i] { write(i); });
        }
        // Whatever is still on its way is answered before this one.
        Append last{.invoked = ticks_.next(), .commit = commit(99, 0, "r-1")};
        note(last, store_.append(last.commit));
        follower.join();
        other_follower.join();
        history_.end = walk("");
        return std::move(history_);
    }

private:
    static Commit commit(int writer, int number, const std::string& stream) {
        Commit made;
        for (int i = 0; i < 1 + number % 3; ++i) {
            const std::string data = std::to_string(writer) + "." + std::to_string(number) + "." + std::to_string(i);
            made.events.push_back({.stream = stream, .type = "Recorded", .data = data});
        }
        return made;
    }
    void write(int writer) {
        std::mt19937_64 random(static_cast<std::uint64_t>(writer));
        Position head;
        for (int number = 0; number < appends_of_a_writer; ++number) {
            const std::string stream = "r-" + std::to_string(random() % streams);
            auto append = std::make_shared<Append>();
            append->commit = commit(writer, number, stream);
            append->commit.events.front().tags = {"seat:" + std::to_string(random() % 20)};
            // Old enough for a writer's own commits to break it, should no other thread come between.
            if (number % 10 == 0) head = store_.head();
            if (random() % 3 == 0) {
                NoEventMatches none{.query = {.items = {{.tags = append->commit.events.front().tags}}}};
                if (head > Position{0}) none.after = head - 1;
                append->commit.conditions.emplace_back(std::move(none));
            } else if (random() % 2 == 0) {
                const auto known = store_.stream(stream).value();
                append->commit.conditions.emplace_back(
                    StreamIs{stream, known ? Expected::exact(known->last) : Expected::none()});
            }
            append->invoked = ticks_.next();
            if (random() % 2 == 0) {
                note(*append, store_.append(append->commit));
            } else {
                store_.append(append->commit, [this, append](const Result<Receipt>& answer) { note(*append, answer); });
            }
        }
    }

    void note(Append& append, const Result<Receipt>& answer) {
        append.answered = ticks_.next();
        if (answer) {
            append.outcome = Outcome::acknowledged;
            append.first = answer->first;
        } else if (answer.error().conflict) {
            append.outcome = Outcome::conflict;
            append.conflict = *answer.error().conflict;
        } else {
            append.outcome = Outcome::unknown;
        }
        const std::lock_guard lock(mutex_);
        history_.appends.push_back(append);
    }

    std::vector<Seen> walk(const std::string& stream) const {
        std::vector<Seen> events;
        auto cursor = store_.read({.source = stream.empty() ? Source(All{}) : Source(Stream{stream})}).value();
        cursor.each([&](const Event& event) { events.push_back(seen(event)); }).value();
        return events;
    }

    void read(const std::stop_token& stop, int reader) {
        for (int i = 0; !stop.stop_requested() && i < 200; ++i) {
            Read read{.invoked = ticks_.next(), .answered = 0, .stream = {}, .events = {}};
            if (reader == 1) read.stream = "r-" + std::to_string(i % streams);
            read.events = walk(read.stream);
            read.answered = ticks_.next();
            const std::lock_guard lock(mutex_);
            history_.reads.push_back(std::move(read));
        }
    }

    void follow(const std::string& stream) {
        Delivery delivery{.stream = stream, .from = {}, .items = {}};
        auto subscription =
            store_.subscribe({.source = stream.empty() ? Source(All{}) : Source(Stream{stream})}).value();
        for (;;) {
            const Event& event = *subscription.next().value();
            delivery.items.push_back({ticks_.next(), seen(event)});
            if (event.data == "99.0.0") break;
        }
        const std::lock_guard lock(mutex_);
        history_.deliveries.push_back(std::move(delivery));
    }

    Store store_;
    Ticks ticks_;
    std::mutex mutex_;
    History history_;
};

void expect_linearizable(const Store& store) {
    const History history = Recording(store).run();
    EXPECT_EQ(history.appends.size(), writers * appends_of_a_writer + 1U);
    const auto conflicts = std::ranges::count(history.appends, Outcome::conflict, &Append::outcome);
    const auto kept = std::ranges::count(history.appends, Outcome::acknowledged, &Append::outcome);
    EXPECT_GT(conflicts, 0);
    EXPECT_GT(std::ranges::count_if(history.appends,
                                    [](const Append& append) { return append.conflict && append.conflict->found; }),
              0);
    EXPECT_EQ(conflicts + kept, static_cast<std::ptrdiff_t>(history.appends.size()));
    EXPECT_FALSE(history.reads.empty());
    EXPECT_EQ(faults_of(history), std::vector<std::string>{});
}

TEST(Linearizability, OfTheMemoryEngine) {
    expect_linearizable(open("memory:").value());
}

TEST(Linearizability, OfTheFolderEngine) {
    std::string folder = (std::filesystem::temp_directory_path() / "varve-order-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    {
        const Store store = open(folder + "/store", {.segment_bytes = 1 << 20}).value();
        expect_linearizable(store);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

}  // namespace
}  // namespace varve::linearizability
