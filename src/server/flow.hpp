/// What sends to a client as fast as it takes, a little in each turn of its loop.
#pragma once

#include <cstddef>
#include <memory>

namespace varve::server {

class Flow {
public:
    Flow() = default;
    Flow(const Flow&) = delete;
    Flow& operator=(const Flow&) = delete;
    virtual ~Flow() = default;

    /// Sends what there is until the client is full, or the turn's share is done. In the loop's thread; requires that it is
    /// owned by a shared_ptr. Not after the end of its call or exchange.
    virtual void pump() = 0;

protected:
    /// Events looked at in one turn: others wait meanwhile.
    static constexpr std::size_t share = 512;
};

}  // namespace varve::server
