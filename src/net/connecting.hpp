/// From a host's name to a connected socket, without ever waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/loop.hpp"
#include "net/socket.hpp"

namespace varve::net {

class Lookup;

/// One attempt, in its loop's thread: finds the host's addresses, and tries them in turn. It has no time limit of its own:
/// to destroy it ends it, and then nothing is called any more.
class Connecting {
public:
    using Done = std::function<void(Result<Descriptor> socket)>;
    /// `done` is called once, maybe within start, and may destroy this. Errors: `unavailable`.
    Connecting(Loop& loop, std::string host, std::uint16_t port, Done done);
    Connecting(const Connecting&) = delete;
    Connecting& operator=(const Connecting&) = delete;
    ~Connecting();

    void start();

private:
    void looked_up();
    void try_next();
    void tried();
    void finish(Result<Descriptor> socket);
    void stop_watching();

    Loop& loop_;
    const std::string host_;
    const std::uint16_t port_;
    Done done_;
    std::shared_ptr<Lookup> lookup_;
    std::vector<Address> addresses_;  ///< still to be tried, the next one last
    Descriptor socket_;
    std::string trouble_;  ///< of the last that was tried
    int watched_ = -1;
};

}  // namespace varve::net
