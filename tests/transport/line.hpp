/// A client that sends any bytes that it likes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/socket.hpp"

namespace transport {

class Line {
public:
    /// `receive_bytes`: of the kernel's buffer, where it is to be small.
    explicit Line(std::uint16_t port, int receive_bytes = 0);

    /// False: the server has closed, or takes nothing any more.
    bool send(std::string_view bytes);
    /// As much as the server takes, without waiting.
    std::size_t send_some(std::string_view bytes);
    void end_sending();
    /// Closes with a reset: as a client that is killed.
    void reset();
    void close() { socket_.close(); }

    /// What has come, at least a byte. Empty: the server has closed, or it took too long, which fails the test.
    [[nodiscard]] std::string receive();
    /// All until the server closes.
    [[nodiscard]] std::string receive_all();
    /// All until the text has come.
    [[nodiscard]] std::string receive_until(std::string_view text);

private:
    [[nodiscard]] bool wait(short what);

    varve::net::Descriptor socket_;
};

}  // namespace transport
