/// gRPC calls to one server, over one HTTP/2 connection that is made when it is needed and made anew when it was lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/call.hpp"
#include "net/loop.hpp"
#include "net/metadata.hpp"

namespace varve::net {

struct ClientOptions {
    std::string host = "127.0.0.1";  ///< a name or an address
    std::uint16_t port = 2113;
    std::size_t message_bytes = 17 << 20;  ///< a longer answer ends its call with `resource_exhausted`
    std::chrono::milliseconds connecting{
        5'000};  ///< so long a connection may take; then its calls end as `unavailable`
    std::chrono::milliseconds keepalive{10'000};  ///< without a sign of life for so long a ping is sent
    std::chrono::milliseconds keepalive_timeout{10'000};
};

/// What comes back of a call. In the loop's thread; nothing after on_end.
class Answers {
public:
    Answers() = default;
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;
    virtual ~Answers() = default;

    /// A whole message; valid during the call.
    virtual void on_message(std::string_view message) = 0;
    /// The call is over, once: as the server says, or with `unavailable` (not reached, or lost), `deadline_exceeded` or
    /// `cancelled` of this side.
    virtual void on_end(const Status& status) = 0;
};

/// A call under way. Any method in the loop's thread; after the end they do nothing.
class ClientCall {
public:
    ClientCall() = default;
    ClientCall(const ClientCall&) = delete;
    ClientCall& operator=(const ClientCall&) = delete;
    virtual ~ClientCall() = default;

    virtual void send(std::string_view message) = 0;
    virtual void half_close() = 0;
    /// The server is told; Answers::on_end is called with `cancelled`, maybe before this returns.
    virtual void cancel() = 0;
    /// No more messages are delivered, nor taken off the network beyond the call's window, until resume.
    virtual void pause() = 0;
    virtual void resume() = 0;
};

/// In the loop's thread, its destruction too: calls under way then end as `cancelled`.
class Client {
public:
    /// Connects to nothing yet.
    [[nodiscard]] static std::unique_ptr<Client> make(Loop& loop, ClientOptions options);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    virtual ~Client() = default;

    /// Begins a call; what is sent before there is a connection waits for it. `answers` is kept until the call's end.
    /// `deadline`: max() for none; the server is told how long there is.
    [[nodiscard]] virtual std::shared_ptr<ClientCall> call(std::string_view path, const Metadata& metadata,
                                                           Clock::time_point deadline,
                                                           std::shared_ptr<Answers> answers) = 0;
    /// Calls that have begun and not ended.
    [[nodiscard]] virtual std::size_t calls() const = 0;

protected:
    Client() = default;
};

}  // namespace varve::net
