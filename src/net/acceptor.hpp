/// Takes the connections of one port, and spreads them over the workers.
#pragma once

#include <cstddef>
#include <vector>

#include "net/socket.hpp"
#include "net/tally.hpp"
#include "net/worker.hpp"

namespace varve::net {

/// Lives in the first worker's loop.
class Acceptor {
public:
    Acceptor(Descriptor listener, std::size_t connections_max, Tally& tally, std::vector<Worker*> workers);

    /// Errors: `unavailable`.
    [[nodiscard]] Result<> start();
    /// The port is free afterwards. Idempotent.
    void stop();

private:
    void accept();
    void refuse_one();
    void hand_over(Accepted accepted);

    Descriptor listener_;
    /// Given up for a moment where there is no other: a connection that cannot be taken has to be taken to be refused.
    Descriptor spare_;
    const std::size_t connections_max_;
    Tally& tally_;
    const std::vector<Worker*> workers_;
    std::size_t next_ = 0;
};

}  // namespace varve::net
