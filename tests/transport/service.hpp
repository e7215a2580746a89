/// A service for the transport's tests: one method for each kind of call, and a record of what became of its handlers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "net/server.hpp"

namespace transport {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// No test waits longer for anything.
constexpr auto patience = 60s;

/// What has happened so far; any thread.
class Record {
public:
    struct Facts {
        int made = 0, destroyed = 0, cancelled = 0, half_closed = 0;
        int messages = 0;
        std::uint64_t sent = 0;  ///< messages of /t/Count
        std::size_t longest_wait = 0;
    };
    void note(const std::function<void(Facts&)>& change) {
        const std::lock_guard lock(mutex_);
        change(facts_);
        changed_.notify_all();
    }
    [[nodiscard]] Facts facts() {
        const std::lock_guard lock(mutex_);
        return facts_;
    }
    /// False: it did not come true in time.
    [[nodiscard]] bool wait(const std::function<bool(const Facts&)>& holds) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return holds(facts_); });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Facts facts_;
};

/// /t/Unary echoes, /t/Collect counts what comes, /t/Count sends `<messages> <bytes of each>`, /t/Bidi echoes each message,
/// /t/Fail ends with status `<code> <message>`, /t/Early at its first message, /t/Hang never, /t/Paused takes one message and
/// pauses, /t/Flood sends without looking whether there is room, /t/Metadata answers with what it was sent.
[[nodiscard]] varve::net::Accept service(std::shared_ptr<Record> record);

/// /echo answers with the request's body, /query with its query, /stream with three pieces, /big with <query> bytes in pieces,
/// /hang never, /later from another thread; anything else 404.
[[nodiscard]] varve::net::HttpHandler pages();

/// A server of both on a free port.
class Serving {
public:
    explicit Serving(varve::net::ServerLimits limits = {}, unsigned loops = 1);

    [[nodiscard]] std::uint16_t port() const { return server->port(); }
    /// Waits until the counters are so.
    [[nodiscard]] bool wait(const std::function<bool(const varve::net::ServerCounters&)>& holds) const;

    std::shared_ptr<Record> record = std::make_shared<Record>();
    std::unique_ptr<varve::net::Server> server;
};

}  // namespace transport
