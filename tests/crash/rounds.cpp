#include "crash/rounds.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

#include "crash/load.hpp"
#include "varve/operations.hpp"
#include "varve/store.hpp"

namespace varve::crash {
namespace {

using Steady = std::chrono::steady_clock;

struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void require(bool holds, const std::string& why) {
    if (!holds) throw Violation(why);
}

/// What is known of one writer.
struct Writer {
    std::uint64_t tried = 0;                       ///< commits
    std::uint64_t found = 0;                       ///< commits, from the first on without a gap
    std::map<std::uint64_t, std::uint64_t> acked;  ///< number -> first position, since the last check
};

class Rounds {
public:
    explicit Rounds(const RoundsOptions& options) : options_(options), random_(options.seed) {}

    RoundsReport run() {
        try {
            while (report_.rounds < options_.rounds) {
                const std::vector<Message> told = load_and_kill();
                take(told);
                check();
                ++report_.rounds;
                if (options_.progress) options_.progress(report_.rounds, report_.events);
            }
            const auto verified = verify(options_.folder);
            require(verified.ok() && !verified->damaged(), "verify finds damage in the store");
        } catch (const Violation& violation) {
            report_.violation = violation.what();
        }
        return report_;
    }

private:
    std::vector<Message> load_and_kill();
    [[noreturn]] void become_load(int pipe);
    void take(const std::vector<Message>& told);
    void check();
    void check_commit(const std::vector<std::string>& data, std::uint64_t position);

    const RoundsOptions& options_;
    std::mt19937_64 random_;
    RoundsReport report_;
    std::array<Writer, writers> writers_;
    std::map<std::uint64_t, std::uint64_t> seen_;  ///< position -> hash of the data, since the last check
};

void Rounds::become_load(int pipe) {
    std::vector<std::string> words{options_.program, "--load", options_.folder, std::to_string(pipe),
                                   report_.rounds % 3 == 2 ? "buffered" : "durable"};
    for (const Writer& writer : writers_) words.push_back(std::to_string(writer.found));
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execv(options_.program.c_str(), pointers.data());
    ::_exit(127);
}

std::vector<Message> Rounds::load_and_kill() {
    std::array<int, 2> ends{};
    require(::pipe(ends.data()) == 0, "no pipe");
    const pid_t child = ::fork();
    require(child >= 0, "no process");
    if (child == 0) {
        ::close(ends[0]);
        become_load(ends[1]);
    }
    ::close(ends[1]);
    const auto longest = static_cast<std::uint64_t>(options_.longest.count());
    const auto end = Steady::now() + std::chrono::milliseconds(random_() % longest);
    bool killed = false;
    std::vector<Message> told;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
        if (!killed && left.count() <= 0) {
            ::kill(child, SIGKILL);
            killed = true;
        }
        pollfd waiting{.fd = ends[0], .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, killed ? 1000 : static_cast<int>(left.count())) == 0) continue;
        Message message{};
        const auto got = ::read(ends[0], &message, sizeof message);
        if (got == 0) break;
        require(got == sizeof message, "half a message");
        told.push_back(message);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    require(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the loaded process ended by itself");
    return told;
}

void Rounds::take(const std::vector<Message>& told) {
    bool opened = false;
    for (Writer& writer : writers_) writer.tried = writer.found;
    for (const Message& message : told) {
        switch (message.kind) {
            case Kind::opened: opened = true; break;
            case Kind::tries: writers_[message.writer].tried = message.number + 1; break;
            case Kind::acked:
                writers_[message.writer].acked.emplace(message.number, message.position);
                ++report_.acknowledged;
                break;
            case Kind::seen: seen_.emplace(message.position, message.number); break;
            case Kind::failed: throw Violation("the loaded process could not go on: its last words are above");
        }
    }
    if (!opened) ++report_.before_open;
}

/// `data`: of the events from `position` on, as far as they are known.
void Rounds::check_commit(const std::vector<std::string>& data, std::uint64_t position) {
    const std::string& first = data.front();
    char* rest = nullptr;
    const std::uint64_t number_of_writer = std::strtoull(first.c_str(), &rest, 10);
    require(number_of_writer < writers, "an event is nobody's: " + first);
    Writer& writer = writers_[number_of_writer];
    const std::uint64_t number = std::strtoull(rest, nullptr, 10);
    const std::string what = "commit " + std::to_string(number) + " of writer " + std::to_string(number_of_writer) +
                             " at " + std::to_string(position);
    require(number == writer.found, what + " is there, but " + std::to_string(writer.found) + " should come first");
    require(number < writer.tried, what + " was never appended");
    const Commit due = commit_of(number_of_writer, number);
    require(data.size() == due.events.size(), what + " is torn");
    for (std::size_t i = 0; i < data.size(); ++i) require(data[i] == due.events[i].data, what + " has wrong data");
    const auto acked = writer.acked.find(number);
    require(acked == writer.acked.end() || acked->second == position, what + " was acknowledged elsewhere");
    report_.unacknowledged += acked == writer.acked.end() ? 1U : 0U;
    ++writer.found;
}

void Rounds::check() {
    auto store = open(options_.folder, {.segment_bytes = 1 << 20});
    require(store.ok(), store.ok() ? "" : "the store does not open: " + store.error().to_string());
    auto cursor = store->read({.from = Position{report_.events}});
    require(cursor.ok(), "the store cannot be read");
    std::vector<std::string> data;
    std::uint64_t wanted = 0;
    while (const Event* event = cursor->next()) {
        require(event->position.value == report_.events, "there is a gap at " + std::to_string(report_.events));
        if (const auto seen = seen_.find(event->position.value); seen != seen_.end()) {
            require(seen->second == std::hash<std::string_view>{}(event->data),
                    "a subscription had seen another event");
            seen_.erase(seen);
        }
        data.emplace_back(event->data);
        ++report_.events;
        if (data.size() == 1) {
            char* rest = nullptr;
            const std::uint64_t writer = std::strtoull(data[0].c_str(), &rest, 10);
            wanted = commit_of(writer, std::strtoull(rest, nullptr, 10)).events.size();
        }
        if (data.size() < wanted) continue;
        check_commit(data, report_.events - data.size());
        data.clear();
    }
    require(cursor->status().ok(), "the store cannot be read to its end");
    require(data.empty(), "the last commit is torn");
    require(seen_.empty(), "a subscription had seen events that are gone");
    for (Writer& writer : writers_) {
        require(writer.acked.empty() || writer.acked.rbegin()->first < writer.found,
                "commit " + std::to_string(writer.found) + " was acknowledged and is gone");
        writer.acked.clear();
    }
    require(store->close().ok(), "the store does not close");
}

}  // namespace

RoundsReport run_rounds(const RoundsOptions& options) {
    return Rounds(options).run();
}

}  // namespace varve::crash
