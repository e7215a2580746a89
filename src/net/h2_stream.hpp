/// One stream of an HTTP/2 session, as the session sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace varve::net {

using StreamId = std::int32_t;

/// Why a stream or a connection ends before its time; the numbers of RFC 9113, section 7.
enum class H2Error : std::uint32_t {
    none = 0,
    protocol = 1,
    internal = 2,
    refused_stream = 7,
    cancel = 8,
    enhance_your_calm = 11,
};

/// Owned by whoever opened it, until `closed`. All of it is called in the loop's thread, by the session while it receives
/// or produces: it may ask the session for anything but these two.
class H2Stream {
public:
    H2Stream() = default;
    H2Stream(const H2Stream&) = delete;
    H2Stream& operator=(const H2Stream&) = delete;
    virtual ~H2Stream() = default;

    virtual void header(std::string_view name, std::string_view value) = 0;
    /// The headers have come, or the trailers.
    virtual void head_done() = 0;
    /// Counts against the stream's window until the session is told that it is consumed.
    virtual void data(std::string_view bytes) = 0;
    /// The peer sends no more.
    virtual void end() = 0;

    struct Waiting {
        std::size_t bytes = 0;
        bool last = false;  ///< nothing comes after these
    };
    /// What could be sent now. Without a byte and not the last: it is not asked again before H2Session::resume.
    virtual Waiting waiting() = 0;
    /// Moves that many of them to the end of `out`.
    virtual void take(std::size_t count, std::string& out) = 0;
    /// Its last bytes are on the way. True: it has given trailers to the session, which end the stream.
    virtual bool give_trailers() = 0;
    /// The end of our side has gone out.
    virtual void end_sent() = 0;

    /// Nothing comes and nothing goes any more; the session has forgotten the stream.
    virtual void closed() = 0;
};

}  // namespace varve::net
