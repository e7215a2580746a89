/// Listens on one port for gRPC over HTTP/2 (cleartext with prior knowledge) and for HTTP/1.1, told apart by the first bytes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/call.hpp"
#include "net/http.hpp"
#include "varve/result.hpp"

namespace varve::net {

/// Beyond a limit, who goes beyond it is refused, and nobody else notices.
struct ServerLimits {
    std::size_t connections = 4096;
    std::uint32_t streams = 100;  ///< at once on one connection; SETTINGS_MAX_CONCURRENT_STREAMS
    std::size_t header_bytes = 16 << 10;
    std::size_t message_bytes = 17 << 20;  ///< a longer one ends its call with `resource_exhausted`
    std::size_t http_body_bytes = 17 << 20;
    std::size_t connection_bytes = 32 << 20;  ///< that wait to be handled or sent, of one connection
    std::size_t all_bytes = 256 << 20;        ///< of all connections
    std::uint32_t resets = 10'000;            ///< of either side, at once; and a tenth of it each second
    /// For a connection to begin: with its first HTTP/2 settings, or a whole HTTP/1.1 head. Later for each head, and for each
    /// part of an HTTP/1.1 body.
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds idle{0};  ///< without a call; 0: for ever
    /// Without a sign of life for so long a ping is sent, and unanswered for so long again the connection is dropped.
    std::chrono::milliseconds keepalive{30'000};
    std::chrono::milliseconds keepalive_timeout{10'000};
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any that is free
    unsigned loops = 1;      ///< threads
    ServerLimits limits = {};
    Accept accept = {};
    HttpHandler http = {};
};

/// What has happened so far; any thread.
struct ServerCounters {
    std::uint64_t connections = 0;      ///< open now
    std::uint64_t connections_all = 0;  ///< ever
    std::uint64_t connections_refused = 0;
    std::uint64_t calls = 0;  ///< open now
    std::uint64_t calls_all = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::uint64_t buffered_bytes = 0;   ///< now
    std::uint64_t protocol_errors = 0;  ///< connections that were dropped for what they sent
};

/// Any thread, unless a method says otherwise.
class Server {
public:
    /// Listens, and serves in threads of its own. Errors: `invalid_argument` (the address), `unavailable` (the port is taken;
    /// the message says so), `permission_denied`.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    /// As stop() with no time to drain.
    virtual ~Server() = default;

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual ServerCounters counters() const = 0;
    /// In two steps: no new connections, and each connection is told that new calls will not be taken (GOAWAY); when the calls
    /// at hand have ended, or after `drain`, everything is closed. Idempotent. Not from a handler.
    virtual void stop(std::chrono::milliseconds drain) = 0;

protected:
    Server() = default;
};

}  // namespace varve::net
