/// How much memory one connection may hold for what waits to be handled or sent.
#pragma once

#include <cstddef>

#include "net/server.hpp"
#include "net/tally.hpp"

namespace varve::net {

/// Two bounds: one of the connection, and one that all share. As long as all together hold less than half of the shared
/// bound, only the first counts. Beyond, a connection may grow only to its equal share of that half: whoever holds much is
/// refused, whoever holds little is served, and all together never hold more than the bound.
class Budget {
public:
    Budget(const ServerLimits& limits, Tally& tally) : limits_(limits), tally_(tally) {}
    Budget(const Budget&) = delete;
    Budget& operator=(const Budget&) = delete;
    ~Budget() { give_back(held_); }

    /// False: it does not fit, and nothing was taken.
    [[nodiscard]] bool take(std::size_t bytes);
    /// Takes what is there already, and can only be counted.
    void hold(std::size_t bytes);
    void give_back(std::size_t bytes);

    /// It is time to wait until something has been sent: well before anything is refused. Not so when nothing is held.
    [[nodiscard]] bool tight() const;
    [[nodiscard]] std::size_t held() const { return held_; }

private:
    [[nodiscard]] bool beyond(std::size_t more, std::size_t mine, std::size_t of_all) const;

    const ServerLimits& limits_;
    Tally& tally_;
    std::size_t held_ = 0;
};

}  // namespace varve::net
