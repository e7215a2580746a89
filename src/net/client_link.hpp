/// One connection of a client: its socket, HTTP/2 on it, and the calls whose streams are open.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/client.hpp"
#include "net/h2_session.hpp"
#include "net/loop.hpp"
#include "net/outgoing_call.hpp"
#include "net/socket.hpp"

namespace varve::net {

class ClientLink;

/// Whose connection it is. Told at the end of a turn, and never within a call's Answers.
class LinkOwner {
public:
    LinkOwner() = default;
    LinkOwner(const LinkOwner&) = delete;
    LinkOwner& operator=(const LinkOwner&) = delete;
    virtual ~LinkOwner() = default;

    /// Something has come, and been handled: it may have `room`, or be `leaving`.
    virtual void turned(ClientLink& link) = 0;
    /// It has ended, and is about to end its calls.
    virtual void over(ClientLink& link, const std::string& why) = 0;
};

/// In its loop's thread. Whatever has to be kept through a turn of the loop keeps it itself.
class ClientLink final : public CallLine, public H2Owner, public std::enable_shared_from_this<ClientLink> {
public:
    struct Options {
        std::string authority;  ///< `127.0.0.1:2113`
        std::chrono::milliseconds keepalive;
        std::chrono::milliseconds keepalive_timeout;
    };
    /// `owner` outlives it, or closes it.
    ClientLink(Loop& loop, LinkOwner& owner, Options options, Descriptor socket);
    ~ClientLink() override;

    /// Begins to speak. Errors: `unavailable`.
    [[nodiscard]] Result<> start();
    /// It is a server of HTTP/2: it has said how many streams it takes.
    [[nodiscard]] bool greeted_yet() const { return greeted_; }
    /// It takes another call now.
    [[nodiscard]] bool room() const;
    /// It takes no calls any more, and ends with its last one.
    [[nodiscard]] bool leaving() const { return leaving_; }
    /// It has had calls.
    [[nodiscard]] bool useful() const { return useful_; }
    /// Opens the call's stream. False: now it is leaving.
    [[nodiscard]] bool open(const std::shared_ptr<OutgoingCall>& call);
    /// Its calls end as `unavailable`, for that reason; the owner hears of it first. Idempotent.
    void close(const std::string& why);
    /// The same, as `cancelled`; the owner hears nothing.
    void drop();

    // CallLine:
    [[nodiscard]] H2Session& session() override { return session_; }
    void touch() override;
    void leave(StreamId id) override { left_.push_back(id); }

    // H2Owner:
    void closed(StreamId id) override;
    void greeted() override { greeted_ = true; }
    void going_away(StreamId last) override;
    void misbehaved() override { misbehaved_ = true; }

private:
    void ready(bool readable, bool writable);
    void read();
    void write();
    void hang_up(const Status& status);
    void end_turn();
    void watch_peer();
    void wake_at(Clock::time_point time);
    void look_at_clock();

    Loop& loop_;
    LinkOwner* owner_;
    const Options options_;
    Descriptor socket_;
    H2Session session_;
    std::map<StreamId, std::shared_ptr<OutgoingCall>> streams_;
    std::vector<StreamId> left_;
    std::string unsent_;  ///< what the socket has not taken
    std::string arrivals_;

    Clock::time_point heard_ = Clock::now();
    std::optional<Clock::time_point> asked_;  ///< whether the peer is still alive
    Loop::TimerId timer_ = 0;

    bool touched_ = false;
    bool blocked_ = false;
    bool greeted_ = false;
    bool leaving_ = false;
    bool useful_ = false;
    bool misbehaved_ = false;
    bool over_ = false;
};

}  // namespace varve::net
