/// How far the store has come, as this side has heard.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "remote/connection.hpp"
#include "varve/types.hpp"

namespace varve::remote {

/// Follows the server's head, connecting anew when it has to. Any thread.
class Head : public std::enable_shared_from_this<Head> {
public:
    explicit Head(Connection& connection) : connection_(connection) {}
    Head(const Head&) = delete;
    Head& operator=(const Head&) = delete;

    /// Begins to follow. To be called once; the connection outlives what it begins.
    void follow();
    /// Follows no longer, and ends all waits.
    void close();

    [[nodiscard]] Position now() const { return Position{head_.load(std::memory_order_acquire)}; }
    /// It has come at least so far.
    void reach(Position head);
    /// As Engine::wait_beyond and Engine::wake_waiters.
    [[nodiscard]] bool wait_beyond(Position position, Deadline deadline);
    void wake();

private:
    class Standings;
    void call();
    void lost(bool heard);

    Connection& connection_;
    std::atomic<std::uint64_t> head_ = 0;
    std::mutex mutex_;  ///< guards woken_
    std::condition_variable moved_;
    std::uint64_t woken_ = 0;  ///< how often waits were ended early
    std::atomic<bool> closed_ = false;
    std::shared_ptr<net::ClientCall> call_;  ///< in the connection's thread, as what follows
    int attempts_ = 0;
};

}  // namespace varve::remote
