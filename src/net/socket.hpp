/// Sockets as the transport uses them: owned, and never blocking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "varve/result.hpp"

namespace varve::net {

/// Closes what it holds.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    void close();
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

struct Listener {
    Descriptor socket;
    std::uint16_t port = 0;
};

/// `address` is a number: `127.0.0.1`, `::`. Errors: `invalid_argument`, `unavailable` (taken), `permission_denied`.
[[nodiscard]] Result<Listener> listen_on(const std::string& address, std::uint16_t port);

struct Accepted {
    enum class What { connection, none, no_descriptor_left } what = What::none;
    Descriptor socket = {};
    std::string peer = {};  ///< `127.0.0.1:40312`, `[::1]:40312`
};

/// The next connection that waits, with small writes sent at once and little kept in the kernel.
[[nodiscard]] Accepted accept_from(int listener);

/// What came of reading or writing once.
struct Moved {
    enum class What { bytes, would_block, over } what = What::over;
    std::size_t bytes = 0;
};

[[nodiscard]] Moved read_some(int socket, char* into, std::size_t room);
[[nodiscard]] Moved write_some(int socket, std::string_view bytes);

/// The peer reads an end; what it still sends can be read.
void end_writing(int socket);

}  // namespace varve::net
