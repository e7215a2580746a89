/// What a request on an HTTP/2 stream became, once its head was read: what waits to be sent of it, and for what.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "net/h2_session.hpp"
#include "net/h2_stream.hpp"
#include "net/protocol.hpp"
#include "net/send_buffer.hpp"
#include "net/shop.hpp"

namespace varve::net {

class H2Body;

/// What the streams of one connection share. Outlives none of its streams' `closed`.
class H2Host {
public:
    H2Host() = default;
    H2Host(const H2Host&) = delete;
    H2Host& operator=(const H2Host&) = delete;
    virtual ~H2Host() = default;

    [[nodiscard]] virtual H2Session& session() = 0;
    [[nodiscard]] virtual Line& line() = 0;
    [[nodiscard]] virtual Shop& shop() = 0;
    /// Its `end_turn` is called at the end of this turn.
    virtual void attend(H2Body& body) = 0;
    /// Its `sent` is called after each writing, until it answers that it waits no more.
    virtual void await_room(H2Body& body) = 0;
};

/// The part that calls and exchanges have in common. Once it is closed it has no host, and nothing more is sent.
class H2Body : public H2Stream {
public:
    H2Body(H2Host& host, StreamId id) : host_(&host), id_(id) {}

    [[nodiscard]] StreamId id() const { return id_; }
    virtual void end_turn() {}
    /// True: it still waits for room.
    virtual bool sent() { return false; }
    /// The server stops.
    virtual void abandon() = 0;

    /// Marks of the host: it is on the list already.
    bool attended = false;
    bool awaiting = false;

    // H2Stream:
    void header(std::string_view name, std::string_view value) override;
    void head_done() override {}
    void end() override;
    Waiting waiting() override;
    void take(std::size_t count, std::string& out) override;
    bool give_trailers() override { return false; }
    void end_sent() override;
    void closed() override;

protected:
    /// The peer has ended its side.
    virtual void on_end() = 0;
    /// The stream is gone, for whichever reason; called once.
    virtual void on_closed() = 0;

    void respond(std::span<const HeaderField> head, bool body);
    /// False: there is no room for it, and nothing was put.
    [[nodiscard]] bool put(std::string_view prefix, std::string_view bytes);
    /// Nothing follows what has been put.
    void seal();
    /// What has been put and not sent is forgotten.
    void forget_unsent();
    void consumed(std::size_t bytes);

    /// More waits than should, or the peer and the network take nothing.
    [[nodiscard]] bool crowded() const;
    [[nodiscard]] bool has_room() const;

    [[nodiscard]] H2Host* host() const { return host_; }
    [[nodiscard]] bool responded() const { return responded_; }
    [[nodiscard]] bool peer_ended() const { return peer_ended_; }

private:
    void wake();

    H2Host* host_;
    const StreamId id_;
    SendBuffer unsent_;
    std::size_t trailer_bytes_ = 0;
    bool responded_ = false;
    bool asleep_ = false;  ///< the session does not ask before it is told to
    bool sealed_ = false;
    bool peer_ended_ = false;
};

}  // namespace varve::net
