/// Clock and threads of a simulated run.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "io/environment.hpp"
#include "simulation/dice.hpp"

namespace varve::simulation {

/// Its wall time jumps where it is sent, its steady time only goes on.
class JumpingClock final : public io::Clock {
public:
    Timestamp now() override { return wall_; }
    std::chrono::steady_clock::time_point steady_now() override { return steady_; }
    void jump(std::chrono::microseconds by) {
        wall_ += by;
        steady_ += std::chrono::abs(by);
    }

private:
    Timestamp wall_{std::chrono::seconds(1'700'000'000)};
    std::chrono::steady_clock::time_point steady_{std::chrono::hours(1)};
};

/// Runs background work in the teller's thread, whose turn it is being drawn.
class DrawingExecutor final : public io::Executor {
public:
    explicit DrawingExecutor(std::uint64_t seed);
    ~DrawingExecutor() override;
    std::unique_ptr<io::Task> start(std::string name, std::chrono::milliseconds period,
                                    std::function<void()> work) override;

    /// A piece of woken work; false when there is none.
    bool run_one();
    void run_all();
    /// The period of some of the work passes, or of all of it.
    void let_time_pass(bool of_all = false);
    /// Work of this name waits until another is said (it would wait for whoever asks for other work to be done).
    void hold_back(std::string name) { held_ = std::move(name); }

private:
    class Jobs;
    class Handle;
    std::shared_ptr<Jobs> jobs_;
    Dice dice_;
    std::string held_;
};

}  // namespace varve::simulation
