#include "net/socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace varve::net {
namespace {

/// Beyond it the kernel takes no more: what waits there can be neither cancelled nor overtaken.
constexpr int unsent_in_kernel_max = 128 << 10;

constexpr int waiting_connections_max = 1024;

void set(int socket, int level, int option, int value) {
    // Each of them is a wish: without it the connection works too.
    (void)::setsockopt(socket, level, option, &value, sizeof value);
}

Error refused(const std::string& address, std::uint16_t port, int why) {
    const std::string place = "cannot listen on " + address + ", port " + std::to_string(port) + ": ";
    switch (why) {
        case EADDRINUSE:
            return {
                .code = Code::unavailable,
                .message = place + "the port is taken; stop who has it, or choose another port (0: any that is free)"};
        case EACCES:
        case EPERM:
            return {.code = Code::permission_denied,
                    .message = place + "not allowed; choose a port above 1023, or give the process the right to it"};
        case EADDRNOTAVAIL:
            return {
                .code = Code::invalid_argument,
                .message = place + "the address is none of this machine's; 127.0.0.1 is, and 0.0.0.0 is all of them"};
        default: return {.code = Code::unavailable, .message = place + std::strerror(why)};
    }
}

std::string name_of(const sockaddr_storage& address, socklen_t length) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, host.data(), host.size(), port.data(),
                      port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return "unknown";
    }
    const std::string name = host.data();
    return (name.find(':') == std::string::npos ? name : "[" + name + "]") + ":" + port.data();
}

}  // namespace

void Descriptor::close() {
    if (number_ >= 0) (void)::close(std::exchange(number_, -1));
}

Result<Listener> listen_on(const std::string& address, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
        return Error{.code = Code::invalid_argument,
                     .message = "cannot listen on '" + address +
                                "': that is no address in numbers; write e.g. 127.0.0.1, 0.0.0.0 or ::1"};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.open()) return refused(address, port, errno);
    set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(socket.get(), waiting_connections_max) != 0) {
        return refused(address, port, errno);
    }
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
        return refused(address, port, errno);
    }
    const std::uint16_t number = bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                                             : reinterpret_cast<const sockaddr_in&>(bound).sin_port;
    return Listener{std::move(socket), ntohs(number)};
}

Accepted accept_from(int listener) {
    sockaddr_storage address{};
    for (;;) {
        socklen_t length = sizeof address;
        Descriptor socket(
            ::accept4(listener, reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket.open()) {
            set(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
            set(socket.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsent_in_kernel_max);
            set(socket.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
            return {Accepted::What::connection, std::move(socket), name_of(address, length)};
        }
        switch (errno) {
            // These are the troubles of a connection that is gone already: the next may be well.
            case EINTR:
            case ECONNABORTED:
            case EPROTO:
            case ENETDOWN:
            case ENOPROTOOPT:
            case EHOSTDOWN:
            case ENONET:
            case EHOSTUNREACH:
            case EOPNOTSUPP:
            case ENETUNREACH: continue;
            case EMFILE:
            case ENFILE:
            case ENOBUFS:
            case ENOMEM: return {.what = Accepted::What::no_descriptor_left};
            default: return {};
        }
    }
}

Moved read_some(int socket, char* into, std::size_t room) {
    for (;;) {
        const ssize_t got = ::recv(socket, into, room, 0);
        if (got > 0) return {Moved::What::bytes, static_cast<std::size_t>(got)};
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return {Moved::What::would_block};
        return {Moved::What::over};
    }
}

Moved write_some(int socket, std::string_view bytes) {
    for (;;) {
        const ssize_t put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put >= 0) return {Moved::What::bytes, static_cast<std::size_t>(put)};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == ENOBUFS) return {Moved::What::would_block};
        return {Moved::What::over};
    }
}

void end_writing(int socket) {
    (void)::shutdown(socket, SHUT_WR);
}

}  // namespace varve::net
