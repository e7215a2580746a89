/// A server that answers as it is told to, frame by frame, also as no decent server does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/socket.hpp"
#include "transport/h2_client.hpp"

namespace transport {

class FakeServer {
public:
    explicit FakeServer(const std::string& address = "127.0.0.1");

    [[nodiscard]] std::uint16_t port() const { return listener_.port; }
    /// The next connection; waits for it.
    [[nodiscard]] Line accept();
    /// The same, and it speaks HTTP/2.
    [[nodiscard]] H2Client greet(std::string_view settings = {}) { return H2Client(accept(), settings); }

private:
    varve::net::Listener listener_;
};

/// The head of a gRPC answer, and what ends it.
inline const Fields answer_head = {{":status", "200"}, {"content-type", "application/grpc"}};
inline const Fields well = {{"grpc-status", "0"}};
/// What ends a call in one block.
[[nodiscard]] Fields only_trailers(std::string_view code);
/// A whole answer of one message.
[[nodiscard]] std::string answer_of(std::uint32_t stream, std::string_view body);

/// Waits for the head of the next call; its stream.
[[nodiscard]] std::uint32_t next_call(H2Client& peer);

}  // namespace transport
