/// One at a time, in the order of arrival, and never longer than one is willing to wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string_view>

#include "varve/engine.hpp"

namespace varve {

/// Who has the turn and who waits for it. Belongs to a mutex of its owner's, which is held at every call, and stays
/// where it is while anybody has the turn or waits.
class TurnQueue {
public:
    /// What whoever waits can be told.
    struct Holder {
        std::string_view name = {};  ///< as it was given; empty: nobody has the turn
        std::chrono::steady_clock::time_point since = {};
        std::size_t waiting = 0;  ///< others beside the holder
    };

    /// Takes the turn when it is free and nobody waits for it.
    bool try_take(std::string_view name);
    /// Waits for the turn. False: the deadline came first, or the wish to stop, and it was not taken.
    bool take(std::unique_lock<std::mutex>& lock, std::string_view name, Deadline deadline,
              const std::stop_token& cancel = {});
    /// Hands the turn to who has waited longest.
    void leave();

    [[nodiscard]] bool idle() const { return !taken_ && first_ == nullptr; }
    [[nodiscard]] const Holder& holder() const { return holder_; }

private:
    struct Waiter {
        std::string_view name;
        std::condition_variable_any ready = {};
        bool has_turn = false;
        Waiter* next = nullptr;
    };

    void give(std::string_view name);
    void remove(const Waiter& waiter);

    bool taken_ = false;
    Holder holder_;
    Waiter* first_ = nullptr;  ///< they live on the stacks of those who wait
    Waiter* last_ = nullptr;
};

}  // namespace varve
