/// The thread of one process: follows the log and the clock, and has its runner do what there is to do.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "model/fair_mutex.hpp"
#include "model/process_runner.hpp"
#include "varve/detail/seal.hpp"

namespace varve {

/// Runs from its construction to its destruction (or stop), or until the store fails. Without a thread it does its work
/// in turn(), in the thread that calls it.
class ProcessWorker {
public:
    /// `settled` is called whenever it has nothing left to do for the moment, and when it ends.
    ProcessWorker(const detail::ProcessType& type, const Store& store, CommandBus& commands,
                  std::shared_ptr<Clock> clock, bool with_thread, std::function<void()> settled);
    ProcessWorker(const ProcessWorker&) = delete;
    ProcessWorker& operator=(const ProcessWorker&) = delete;
    ~ProcessWorker();

    /// This thread is inside of a handler.
    [[nodiscard]] bool busy_here() const;
    /// Ends after the work at hand, and waits for that. Idempotent; a second thread waits for the first. None that is busy
    /// here.
    void stop();
    /// Looks whether there is something to do.
    void wake();
    /// The same, and commands that wait to be tried again are tried at once.
    void hurry();
    /// One round of work; whether there was any.
    bool turn();
    /// Whether it has nothing to do at this moment: all of the log below `head` is heard, and nothing is due.
    [[nodiscard]] bool idle(Position head) const;

    Result<> retry(const std::string& key);
    Result<> rehear(Position position);
    [[nodiscard]] ProcessStatus status() const;
    [[nodiscard]] const detail::ProcessType& type() const { return type_; }

private:
    void run();
    /// Waits for an event, the clock, or wake().
    void wait();
    Result<> round();
    Result<> hear_some(Position head);
    Result<> open(Position from);
    /// Goes on where the steps on record end; not before the pause is over, when the store has no room.
    Result<> rewind();
    Result<const Event*> next_event();
    void publish();
    void end(const Error& error);
    [[nodiscard]] bool ended() const;

    const detail::ProcessType& type_;
    Store store_;
    std::shared_ptr<Clock> clock_;
    std::function<void()> settled_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever starts it

    FairMutex work_;  ///< held while something is done; what follows is its holder's
    ProcessRunner runner_;
    bool started_ = false, worked_ = false;
    bool parked_ = false;         ///< events_ shows nothing, because of a pause
    const Event* met_ = nullptr;  ///< what the wait ended with

    std::mutex waiting_;  ///< guards the next three
    std::optional<Subscription> events_;
    bool waits_ = false, woken_ = false, stopping_ = false;
    std::atomic<bool> hurries_ = false;

    mutable std::mutex told_;  ///< guards the status
    ProcessStatus status_;
    std::optional<Timestamp> due_;

    std::shared_ptr<void> watch_;
    std::mutex joining_;  ///< held by who ends the thread
    std::jthread thread_;
};

}  // namespace varve
