/// HTTP/2 on one connection, either side of it: bytes in, bytes out, streams between. The library nghttp2, and the options
/// and traps that it needs for a server among strangers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/h2_stream.hpp"
#include "net/rate_limit.hpp"

struct nghttp2_session;

namespace varve::net {

struct HeaderField {
    std::string_view name;  ///< in lower case
    std::string_view value;
};

/// What a session tells its owner, while it receives or produces.
class H2Owner {
public:
    H2Owner() = default;
    H2Owner(const H2Owner&) = delete;
    H2Owner& operator=(const H2Owner&) = delete;
    virtual ~H2Owner() = default;

    /// The peer opens a stream; nullptr refuses it.
    virtual H2Stream* opened(StreamId id) = 0;
    /// It has been told so itself, and may be destroyed.
    virtual void closed(StreamId id) = 0;
    /// The peer's first settings have come: it speaks HTTP/2.
    virtual void greeted() = 0;
    /// After `drain`: no stream of the peer's is on its way any more.
    virtual void drained() = 0;
    /// The connection ends for what the peer has sent.
    virtual void misbehaved() = 0;
};

class H2Session {
public:
    enum class Side { server, client };
    struct Options {
        Side side = Side::server;
        std::uint32_t streams = 100;  ///< that the peer may open, at once
        std::size_t header_bytes = 16 << 10;
        std::uint32_t resets = 10'000;  ///< of either side, at once; and a tenth of it each second
        std::int32_t stream_window = 1 << 20;
        std::int32_t connection_window = 16 << 20;
    };
    H2Session(Options options, H2Owner& owner);
    H2Session(const H2Session&) = delete;
    H2Session& operator=(const H2Session&) = delete;
    ~H2Session();

    void receive(std::string_view bytes);
    /// Adds what can be sent to `out`, until it has `limit` bytes. True: there is more.
    bool produce(std::string& out, std::size_t limit);
    /// There is nothing more to receive, nor to send.
    [[nodiscard]] bool over() const;

    // Of a stream; unknown ones are left alone.

    /// From now on it is this one that is told of it.
    void become(StreamId id, H2Stream& stream);
    /// The head of an answer. Without a body it ends the stream.
    void respond(StreamId id, std::span<const HeaderField> head, bool body);
    /// They end the stream, before what still waits of its body.
    void trailers(StreamId id, std::span<const HeaderField> fields);
    /// Its H2Stream has something waiting again.
    void resume(StreamId id);
    void reset(StreamId id, H2Error why);
    void consumed(StreamId id, std::size_t bytes);
    /// Bytes that the peer takes at the moment, on this stream.
    [[nodiscard]] std::size_t window(StreamId id) const;

    // Of the connection.

    /// The peer answers, if it is there.
    void ping();
    /// The peer is told to open no more streams; the ones that it has sent before it heard so are still served.
    void drain();
    /// Ends it, with all its streams, once what comes before has been sent.
    void terminate(H2Error why);

private:
    struct Hooks;

    void fail(H2Error why);
    void notice_sent();
    void stop_drain();
    void count_reset(RateLimit& resets);

    const Options options_;
    H2Owner& owner_;
    nghttp2_session* session_ = nullptr;
    std::string* out_ = nullptr;  ///< while producing
    std::size_t limit_ = 0;
    RateLimit our_resets_;  ///< such as the peer provokes
    RateLimit their_resets_;
    bool ending_ = false;
    bool draining_ = false;
    bool greeted_ = false;
    bool misbehaved_ = false;
    bool broken_ = false;
};

}  // namespace varve::net
