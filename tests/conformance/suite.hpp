/// What every test of the suite stands on: a fresh store of the engine under test, and short words for the
/// things that tests do all the time.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "conformance/engines.hpp"
#include "varve/store.hpp"

namespace varve::conformance {

/// An event as a test compares it: owned, field by field.
struct Seen {
    Position position;
    Revision revision;
    Timestamp created;
    NewEvent given;

    friend bool operator==(const Seen& a, const Seen& b);
    friend std::ostream& operator<<(std::ostream& out, const Seen& seen);
};

[[nodiscard]] bool same(const NewEvent& a, const NewEvent& b);
[[nodiscard]] Seen seen(const Event& event);

/// Far enough away that a test which reaches it has failed.
[[nodiscard]] Deadline soon();
/// Already over: for asking without waiting.
[[nodiscard]] Deadline now();

/// An event of type `type` with the data `data`.
[[nodiscard]] NewEvent fact(std::string type, std::string data = "{}");

/// Reads a whole selection; fails the test when reading fails.
[[nodiscard]] std::vector<Seen> read_all(const Store& store, const Selection& selection = {});
/// The positions of a selection, as plain numbers.
[[nodiscard]] std::vector<std::uint64_t> places(const Store& store, const Selection& selection);

/// A new seed for every run, or the one in the environment variable VARVE_SEED.
[[nodiscard]] std::uint64_t test_seed();

/// Runs f(0) .. f(threads - 1) at the same time and waits for all.
void in_parallel(int threads, const std::function<void(int)>& f);

/// Completions of pipelined appends, gathered. A completion that comes twice fails the test.
class Outcomes {
public:
    /// The completion of the next append.
    [[nodiscard]] Completion next();
    /// Waits for all handed out so far; fails the test when one does not come. In the order of next().
    [[nodiscard]] std::vector<Result<Receipt>> wait();

private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<std::optional<Result<Receipt>>> outcomes_;
    std::size_t arrived_ = 0;
};

/// The fixture: `store` is open and empty.
class Conformance : public ::testing::TestWithParam<EngineCase> {
protected:
    void SetUp() override;
    void TearDown() override;

    /// Closes the store and opens it again; only for engines that can.
    void reopen();
    /// Calls f now, and after a restart where the engine can.
    template <class F>
    void now_and_reopened(const F& f) {
        f();
        if (!GetParam().can_reopen) return;
        SCOPED_TRACE("reopened");
        reopen();
        f();
    }
    /// Appends one event of the type `Happened` and expects it to work.
    Receipt append(std::string_view stream, std::string data = "{}", Expected expected = Expected::any());
    /// Expects the outcome to be an error of this code whose message contains each of the words.
    static void expect_error(const Result<>& outcome, Code code, const std::vector<std::string>& words = {});
    template <class T>
    static void expect_error(const Result<T>& outcome, Code code, const std::vector<std::string>& words = {}) {
        expect_error(outcome.ok() ? Result<>() : Result<>(outcome.error()), code, words);
    }

    std::filesystem::path folder_;
    std::optional<Store> opened_;
    Store& store() { return *opened_; }
};

}  // namespace varve::conformance
