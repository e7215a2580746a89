#include "transport/line.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "transport/service.hpp"

namespace transport {

Line::Line(std::uint16_t port, int receive_bytes) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_bytes > 0) {
        (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    }
    const int at_once = 1;
    (void)::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << errno;
}

bool Line::wait(short what) {
    pollfd one{socket_.get(), what, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::chrono::milliseconds(patience).count()));
    EXPECT_EQ(ready, 1) << "the server kept its client waiting";
    return ready == 1;
}

bool Line::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) {
            if (!wait(POLLOUT)) return false;
            continue;
        }
        if (sent < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::size_t Line::send_some(std::string_view bytes) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void Line::end_sending() {
    (void)::shutdown(socket_.get(), SHUT_WR);
}

void Line::reset() {
    const linger at_once{1, 0};
    (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.close();
}

std::string Line::receive() {
    std::array<char, 64 << 10> part;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
    if (!wait(POLLIN)) return {};
    const ssize_t got = ::recv(socket_.get(), part.data(), part.size(), 0);
    return got <= 0 ? std::string() : std::string(part.data(), static_cast<std::size_t>(got));
}

std::string Line::receive_all() {
    std::string all;
    for (;;) {
        const std::string part = receive();
        if (part.empty()) return all;
        all += part;
    }
}

std::string Line::receive_until(std::string_view text) {
    std::string all;
    while (all.find(text) == std::string::npos) {
        const std::string part = receive();
        if (part.empty()) break;
        all += part;
    }
    EXPECT_NE(all.find(text), std::string::npos) << all;
    return all;
}

}  // namespace transport
