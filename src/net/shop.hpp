/// What the connections of one loop share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/call.hpp"
#include "net/server.hpp"
#include "net/tally.hpp"

namespace varve::net {

class Connection;

/// Lives as long as its loop's connections; touched in the loop's thread only.
struct Shop {
    const ServerOptions& options;
    Tally& tally;
    std::shared_ptr<Loop> loop;

    std::string scratch = {};                          ///< what a connection writes in one turn
    std::string arrivals = std::string(64 << 10, {});  ///< what a connection reads at once
    std::vector<Connection*> touched = {};
    /// Handlers whose calls are over: they may still be on the stack, and go at the end of the turn.
    std::vector<std::unique_ptr<Handler>> retired = {};
    bool turn_ends = false;  ///< `end_turn` has been deferred
    std::function<void()> end_turn = {};

    /// Makes sure that the end of this turn is looked after.
    void call_at_end() {
        if (turn_ends) return;
        turn_ends = true;
        loop->defer([this] { end_turn(); });
    }
};

}  // namespace varve::net
