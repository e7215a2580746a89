/// The connection to a server, and the thread that it lives on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "net/client.hpp"
#include "net/loop.hpp"
#include "varve/engine.hpp"
#include "varve/result.hpp"

namespace varve::remote {

/// Any thread, unless a method says otherwise; destroyed by none of its own loop's tasks.
class Connection {
public:
    /// Errors: `unavailable` (no descriptor or thread is left).
    [[nodiscard]] static Result<std::shared_ptr<Connection>> make(net::ClientOptions options,
                                                                  std::chrono::milliseconds patience);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    [[nodiscard]] bool mine() const { return loop_->mine(); }
    /// Runs it in the connection's thread, if that has not ended.
    void post(net::Task task) { loop_->post(std::move(task)); }
    [[nodiscard]] net::Loop& loop() { return *loop_; }
    /// In its thread only.
    [[nodiscard]] net::Client& client() { return *client_; }

    [[nodiscard]] std::chrono::milliseconds patience() const { return patience_; }
    [[nodiscard]] const std::string& place() const { return place_; }
    [[nodiscard]] Deadline give_up() const { return Deadline::clock::now() + patience_; }

    /// From now on nobody tries again. Idempotent.
    void close();
    [[nodiscard]] bool closed() const { return closed_.load(std::memory_order_acquire); }
    /// Waits a moment before the next try, longer from try to try; false: it is closed, or it would be later than `give_up`.
    [[nodiscard]] bool wait_before(int attempt, Deadline give_up);
    [[nodiscard]] static std::chrono::milliseconds pause_before(int attempt);

private:
    Connection(std::unique_ptr<net::Loop> loop, std::chrono::milliseconds patience, std::string place);

    const std::unique_ptr<net::Loop> loop_;
    const std::chrono::milliseconds patience_;
    const std::string place_;
    std::unique_ptr<net::Client> client_;  ///< made and destroyed in the thread
    std::atomic<bool> closed_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::jthread thread_;
};

}  // namespace varve::remote
