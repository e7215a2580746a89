/// Your application under crashes, on virtual time: the same story again and again, stopped at other places each time.
///
///     varve::testing::crash_everywhere({}, wire, [](varve::testing::World& world) {
///         world.send(PlaceOrder{"o1"}).value();
///         world.pass(std::chrono::hours(24));                      // nobody pays
///         world.check(world.app().load<Order>("o1").value()->cancelled == 1, "the order is cancelled once");
///     });
///
/// `wire` is what your main does with the App: handle, run, project. Everything happens in the calling thread (but
/// projections, which write nothing), so a run is the same each time; a failure names the seed that repeats it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "varve/app.hpp"
#include "varve/export.hpp"
#include "varve/testing.hpp"
#include "varve/testing_clock.hpp"

namespace varve::testing {

struct SimulationOptions {
    std::uint64_t first_seed = 0;
    std::uint64_t seeds = 200;  ///< how many, at most: one run each
    /// Where the stores are made, a folder for each run, which is removed when it ends; empty: they are in memory.
    std::string folder = {};
};

struct SimulationReport {
    std::uint64_t runs = 0;
    std::uint64_t crashes = 0;
    std::uint64_t appends = 0;  ///< that reached a store
};

/// One run: an App and its store, which crash. What you do with the App directly is lost when it crashes meanwhile; what
/// goes through the World is done again after the restart, like a client that got no answer.
class VARVE_API World {
public:
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    /// Sends a command, again after each crash until it is answered; always under the same command id.
    template <class C>
    Result<Receipt> send(const C& command, CommandOptions options = {}) {
        if (options.command_id.empty()) options.command_id = next_id();
        Result<Receipt> receipt = Error{};
        attempt([&](App& app) { receipt = app.send(command, options); });
        return receipt;
    }
    /// Does anything else in that way; it must be right to do it again.
    void attempt(const std::function<void(App&)>& work);
    /// Until nobody has anything to do at this moment. Throws Failure when a process has failed.
    void settle();
    /// Time passes: from one thing that is due to the next, and on to the end.
    void pass(std::chrono::microseconds time);
    /// The program ends orderly, and is started again.
    void restart();
    /// Fails the run when this does not hold. An exception thrown by the story does so too.
    void check(bool holds, const std::string& what) const;

    /// The App of now: after a crash it is another one.
    [[nodiscard]] App& app();
    [[nodiscard]] VirtualClock& clock();
    [[nodiscard]] std::uint64_t seed() const;
    /// 0 .. below-1, by the seed.
    [[nodiscard]] std::uint64_t random(std::uint64_t below);

private:
    friend struct Simulator;
    struct Inside;
    explicit World(std::unique_ptr<Inside> inside);
    std::string next_id();

    std::unique_ptr<Inside> inside_;
};

using Wire = std::function<void(App&)>;
using Story = std::function<void(World&)>;

/// A run for each seed, each with crashes at places of its own. Throws Mismatch at the first that fails: its text names
/// the seed, the crashes, and what failed.
VARVE_API SimulationReport simulate(const SimulationOptions& options, const Wire& wire, const Story& story);

/// One run without a crash, then one for each append of it with a crash just before, and one with a crash just after it:
/// written, and nobody was told. Seeds count these runs.
VARVE_API SimulationReport crash_everywhere(const SimulationOptions& options, const Wire& wire, const Story& story);

}  // namespace varve::testing
