/// One gRPC call as its server sees it: messages in, messages out, a status at the end. Nothing of what they mean.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/loop.hpp"
#include "net/metadata.hpp"
#include "varve/result.hpp"

namespace varve::net {

/// How a call ends.
struct Status {
    /// 0, or a number of varve::Code.
    std::uint32_t code = 0;
    std::string message = {};  ///< any UTF-8; percent-encoded on the wire
    Metadata trailers = {};    ///< e.g. `grpc-status-details-bin`

    [[nodiscard]] static Status of(const Error& error) {
        return {.code = static_cast<std::uint32_t>(error.code), .message = error.message};
    }
};

/// Lives on its loop, and longer than the call where somebody holds it: then `ended` is true, and what is sent is dropped.
class Call {
public:
    Call() = default;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    virtual ~Call() = default;

    [[nodiscard]] virtual std::string_view path() const = 0;  ///< `/package.Service/Method`
    [[nodiscard]] virtual const Metadata& metadata() const = 0;
    [[nodiscard]] virtual std::string_view peer() const = 0;  ///< `127.0.0.1:40312`
    /// As its client has set it (`grpc-timeout`); max(): none. When it is over the call is ended with `deadline_exceeded`.
    [[nodiscard]] virtual Clock::time_point deadline() const = 0;
    [[nodiscard]] virtual Loop& loop() const = 0;

    /// Adds a message to what goes out with the end of this turn of the loop.
    virtual void send(std::string_view message) = 0;
    /// More waits than the client and the network take at the moment: do not send before Handler::on_room. (What is sent all
    /// the same is kept.)
    [[nodiscard]] virtual bool full() const = 0;
    /// Ends the call, after what was sent. What comes later is dropped.
    virtual void finish(Status status) = 0;
    [[nodiscard]] virtual bool ended() const = 0;

    /// No more messages are delivered, nor taken off the network beyond the stream's window, until resume; nor is the client's
    /// half close, which comes after them.
    virtual void pause() = 0;
    /// What waits is delivered at the end of this turn of the loop, never from within resume.
    virtual void resume() = 0;
};

/// What a service does for one call. Every method is called in the call's loop thread; none may wait. It may hold its call;
/// it is destroyed when the call has ended, never from within one of its own methods.
class Handler {
public:
    Handler() = default;
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    /// The call is over, for whichever reason.
    virtual ~Handler() = default;

    /// A whole message; valid during the call.
    virtual void on_message(std::string_view message) = 0;
    /// The client sends no more.
    virtual void on_half_close() {}
    /// There is room again after `full`.
    virtual void on_room() {}
    /// The client has gone, cancelled it, went beyond a limit, or its deadline is over: nothing can be sent any more. The
    /// destructor follows, at the end of the turn.
    virtual void on_cancel() {}
};

/// Makes the handler of a call, or ends it by finish and answers nullptr. nullptr without finish: the method is
/// `unimplemented`.
using Accept = std::function<std::unique_ptr<Handler>(const std::shared_ptr<Call>& call)>;

}  // namespace varve::net
