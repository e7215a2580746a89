/// The addresses of a host.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/socket.hpp"

namespace varve::net {

/// Of an address in numbers, and of `localhost`; nothing of other names, which are to be looked up.
[[nodiscard]] std::vector<Address> known_addresses(const std::string& host, std::uint16_t port);

/// The system's resolver waits for servers far away, and cannot be stopped: it runs in a thread of its own, which keeps what
/// it needs, and may be forgotten.
class Lookup {
public:
    /// Errors: `unavailable` (no thread, no descriptor).
    [[nodiscard]] static Result<std::shared_ptr<Lookup>> start(const std::string& host, std::uint16_t port);

    /// Can be read when it is done.
    [[nodiscard]] int descriptor() const { return event_.get(); }
    [[nodiscard]] bool done() const { return done_; }
    /// Once it is done. Errors: `unavailable`.
    [[nodiscard]] Result<std::vector<Address>> take();

    explicit Lookup(Descriptor event) : event_(std::move(event)) {}

private:
    void run(const std::string& host, std::uint16_t port);

    const Descriptor event_;
    Result<std::vector<Address>> found_ = std::vector<Address>();  ///< the thread's, until done_
    std::atomic<bool> done_ = false;
};

}  // namespace varve::net
