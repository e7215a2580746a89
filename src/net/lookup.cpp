#include "net/lookup.hpp"

#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

namespace varve::net {
namespace {

Result<std::vector<Address>> ask_resolver(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_flags = flags | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int trouble = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); trouble != 0) {
        return Error{.code = Code::unavailable,
                     .message = "the host '" + host + "' was not found: " + ::gai_strerror(trouble)};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    std::vector<Address> addresses;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        addresses.emplace_back(reinterpret_cast<const char*>(one->ai_addr), one->ai_addrlen);
    }
    return addresses;
}

}  // namespace

std::vector<Address> known_addresses(const std::string& host, std::uint16_t port) {
    std::vector<Address> addresses;
    const bool local = host == "localhost";
    const auto names = local ? std::vector<std::string>{"127.0.0.1", "::1"} : std::vector<std::string>{host};
    for (const std::string& name : names) {
        auto found = ask_resolver(name, port, AI_NUMERICHOST);
        if (found.ok()) addresses.insert(addresses.end(), found->begin(), found->end());
    }
    return addresses;
}

Result<std::shared_ptr<Lookup>> Lookup::start(const std::string& host, std::uint16_t port) {
    Descriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!event.open()) {
        return Error{.code = Code::unavailable,
                     .message = "cannot look up '" + host + "': " + std::strerror(errno) +
                                "; raise the limit of open files (ulimit -n)"};
    }
    auto lookup = std::make_shared<Lookup>(std::move(event));
    try {
        std::thread([lookup, host, port] { lookup->run(host, port); }).detach();
    } catch (const std::system_error& trouble) {
        return Error{.code = Code::unavailable,
                     .message = "cannot start a thread to look up '" + host + "': " + trouble.what()};
    }
    return lookup;
}

void Lookup::run(const std::string& host, std::uint16_t port) {
    found_ = ask_resolver(host, port, 0);
    done_ = true;
    const std::uint64_t one = 1;
    // It fails only when the counter is full, and it never is.
    (void)!::write(event_.get(), &one, sizeof one);
}

Result<std::vector<Address>> Lookup::take() {
    return std::move(found_);
}

}  // namespace varve::net
