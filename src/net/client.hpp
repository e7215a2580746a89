/// gRPC calls to one server, over one HTTP/2 connection that is made when it is needed and made anew when it was lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
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
    /// So long a connection may take, to the server's first word; then the calls that wait for it end as `unavailable`.
    std::chrono::milliseconds connecting{5'000};
    /// While calls are under way, and without a sign of life for so long, a ping is sent (0: never); without one for so long
    /// after it, the connection counts as lost.
    std::chrono::milliseconds keepalive{10'000};
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
    /// `cancelled` of this side. The server's word comes after all its messages, and waits with them while the call is
    /// paused; other ends come at once, and drop what was not delivered. Anything may be done here, also to the client.
    virtual void on_end(const Status& status) = 0;
};

/// A call under way. Any method in the loop's thread; after the end they do nothing.
class ClientCall {
public:
    ClientCall() = default;
    ClientCall(const ClientCall&) = delete;
    ClientCall& operator=(const ClientCall&) = delete;
    virtual ~ClientCall() = default;

    /// What the server and the network do not take yet is kept, without a bound: whoever sends much waits for answers.
    virtual void send(std::string_view message) = 0;
    /// Nothing more is sent.
    virtual void half_close() = 0;
    /// The server is told; Answers::on_end is called with `cancelled`, maybe before this returns.
    virtual void cancel() = 0;
    /// No more messages are delivered, nor taken off the network beyond the call's window, until resume; and then not from
    /// within resume.
    virtual void pause() = 0;
    virtual void resume() = 0;
};

/// In the loop's thread, its destruction too: calls under way then end as `cancelled`. A lost connection ends its calls, and
/// the next call connects anew at once: whoever calls again and again decides how long to wait in between.
class Client {
public:
    /// Connects to nothing yet.
    [[nodiscard]] static std::unique_ptr<Client> make(Loop& loop, ClientOptions options);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    virtual ~Client() = default;

    /// Begins a call; what is sent before there is a connection, or while the server takes no more streams, waits for it.
    /// `answers` is kept until the call's end, and never called from within this. Of the metadata, names that are gRPC's own
    /// or HTTP's are left out. `deadline`: max() for none; the server is told how long there is.
    [[nodiscard]] virtual std::shared_ptr<ClientCall> call(std::string_view path, const Metadata& metadata,
                                                           Clock::time_point deadline,
                                                           std::shared_ptr<Answers> answers) = 0;
    /// Calls that have begun and not ended.
    [[nodiscard]] virtual std::size_t calls() const = 0;

protected:
    Client() = default;
};

}  // namespace varve::net
