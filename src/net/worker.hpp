/// One loop of a server, its thread's work, and the connections that live on it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "net/connection.hpp"
#include "net/shop.hpp"
#include "net/socket.hpp"

namespace varve::net {

/// Used in its loop's thread only, but for its making.
class Worker {
public:
    Worker(const ServerOptions& options, Tally& tally, std::shared_ptr<Loop> loop);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    void start();
    void adopt(Descriptor socket, std::string peer);
    /// No new calls; `empty` is called once when the last connection has gone.
    void drain(std::function<void()> empty);
    /// No calls at all.
    void abandon();

    [[nodiscard]] Loop& loop() { return *shop_.loop; }

private:
    void end_turn();
    void look_at_clock();
    void tell_empty();

    Shop shop_;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
    Clock::duration period_;
    Loop::TimerId timer_ = 0;
    std::function<void()> empty_;
};

}  // namespace varve::net
