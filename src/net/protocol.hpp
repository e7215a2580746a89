/// Between a connection's bytes and its requests: HTTP/2 or HTTP/1.1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/budget.hpp"
#include "net/loop.hpp"

namespace varve::net {

/// The connection, as what is spoken on it sees it.
class Line {
public:
    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    virtual ~Line() = default;

    /// There is something to do or to send; `end_turn` and `produce` are called at the end of this turn.
    virtual void touch() = 0;
    virtual void want_reading(bool reading) = 0;
    /// It will end for what the peer sent.
    virtual void misbehaved() = 0;
    [[nodiscard]] virtual Budget& budget() = 0;
    [[nodiscard]] virtual const std::shared_ptr<const std::string>& peer() const = 0;
};

/// All of it in the loop's thread, and never from within a handler.
class Protocol {
public:
    Protocol() = default;
    Protocol(const Protocol&) = delete;
    Protocol& operator=(const Protocol&) = delete;
    virtual ~Protocol() = default;

    virtual void receive(std::string_view bytes) = 0;
    /// What was put off to the end of the turn.
    virtual void end_turn() = 0;
    /// Adds what can be sent, until `out` has `limit` bytes. True: there is more.
    virtual bool produce(std::string& out, std::size_t limit) = 0;
    /// What was produced has gone to the socket: there may be room again.
    virtual void sent() = 0;
    /// Nothing is left to send, nor wanted of the peer.
    [[nodiscard]] virtual bool over() const = 0;

    /// A request is under way.
    [[nodiscard]] virtual bool busy() const = 0;
    /// Since when the peer owes us the rest of something; max(): it owes nothing.
    [[nodiscard]] virtual Clock::time_point owed_since() const = 0;
    /// It owes it for too long.
    virtual void too_late() = 0;
    /// Asks whether the peer is there. False: the protocol knows no such question.
    virtual bool ask() = 0;

    virtual void drain() = 0;
    /// Ends what is under way as `unavailable`.
    virtual void abandon() = 0;
    /// The peer has gone.
    virtual void lost() = 0;
};

}  // namespace varve::net
