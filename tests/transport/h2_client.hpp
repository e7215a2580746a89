/// A client that speaks HTTP/2 frame by frame, also such as no decent client sends.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/line.hpp"

namespace transport {

enum FrameType : std::uint8_t {
    data_frame = 0,
    headers_frame = 1,
    reset_frame = 3,
    settings_frame = 4,
    ping_frame = 6,
    goaway_frame = 7,
    window_frame = 8,
    continuation_frame = 9,
};

enum FrameFlag : std::uint8_t { no_flag = 0, end_stream = 1, ack = 1, end_headers = 4 };

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Frame {
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    std::uint32_t stream = 0;
    std::string payload = {};
    Fields fields = {};  ///< of a HEADERS frame

    [[nodiscard]] bool ends_stream() const { return (flags & end_stream) != 0; }
    [[nodiscard]] std::string field(std::string_view name) const;
    /// Four bytes of the payload.
    [[nodiscard]] std::uint32_t number(std::size_t at = 0) const;
};

// How frames are written.
[[nodiscard]] std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
[[nodiscard]] std::string number(std::uint32_t value);
[[nodiscard]] std::string setting(std::uint16_t which, std::uint32_t value);
[[nodiscard]] std::string header_block(const Fields& fields);
/// A gRPC message with its prefix.
[[nodiscard]] std::string message(std::string_view bytes, char flag = 0);
/// The head of a gRPC call.
[[nodiscard]] Fields call_fields(std::string_view path, const Fields& more = {});

inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class H2Client {
public:
    /// Sends preface and settings; `window`: that it gives each stream at first.
    explicit H2Client(std::uint16_t port, std::uint32_t window = 65'535, int receive_bytes = 0);
    ~H2Client();

    Line line;

    /// Takes the server's settings: its windows are large from now on.
    void greet();

    void head(std::uint32_t stream, const Fields& fields, std::uint8_t flags = end_headers);
    void data(std::uint32_t stream, std::string_view bytes, bool end = false);
    /// Head, one message, end.
    void call(std::uint32_t stream, std::string_view path, std::string_view body, const Fields& more = {});
    void open_window(std::uint32_t stream, std::uint32_t bytes);
    void reset(std::uint32_t stream, std::uint32_t why = 8);
    void ping(std::string_view eight);

    /// Nothing: the server has closed.
    [[nodiscard]] std::optional<Frame> next();
    /// The first that is so; others are passed by, and settings and pings are acknowledged.
    [[nodiscard]] std::optional<Frame> next(const std::function<bool(const Frame&)>& wanted);
    [[nodiscard]] std::optional<Frame> next(std::uint8_t type, std::uint32_t stream);

    struct Answer {
        std::vector<std::uint8_t> types = {};  ///< of its frames, in order
        std::string body = {};
        Fields head = {};
        Fields trailers = {};  ///< or the head again, where it ended the stream
        std::optional<std::uint32_t> reset = {};

        [[nodiscard]] std::string trailer(std::string_view name) const;
        [[nodiscard]] std::string status() const { return trailer("grpc-status"); }
    };
    /// Reads until the stream has ended, and gives it as much window as it needs.
    [[nodiscard]] Answer answer(std::uint32_t stream);

private:
    struct Inflater;
    std::unique_ptr<Inflater> inflater_;
    std::string come_;
};

}  // namespace transport
