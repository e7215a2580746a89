/// A reservation is held for so long; then it is given back.
#pragma once

#include <chrono>
#include <string>

#include "supply_chain/stock.hpp"

namespace supply_chain {

inline constexpr std::chrono::minutes hold_time{15};
/// So long after a release that failed it is tried again.
inline constexpr std::chrono::minutes again_after{1};

struct HoldIsOver {
    std::string order;
};

struct Hold {
    using Hears = varve::Events<Reserved, Collected, Released>;
    using Starts = varve::Events<Reserved>;
    using Sends = varve::Commands<Release>;
    using Timers = varve::Timers<HoldIsOver>;

    static std::string key(const Reserved& e) { return e.order; }
    static std::string key(const Collected& e) { return e.order; }
    static std::string key(const Released& e) { return e.order; }

    std::string near, far;

    varve::Steps on(const Reserved& e) {
        near = e.near;
        far = e.far;
        return varve::timer("hold", hold_time, HoldIsOver{e.order});
    }
    static varve::Steps on(const Collected&) { return varve::finish(); }
    static varve::Steps on(const Released&) { return varve::finish(); }
    [[nodiscard]] varve::Steps on(const HoldIsOver& t) const { return varve::send(Release{t.order, near, far}); }
    /// The buyer came at the last moment, which will be heard as Collected; or the shelves were too busy.
    static varve::Steps on(const varve::Rejected<Release>& r) {
        if (r.error.reason == "order.collected") return {};
        return varve::timer("hold", again_after, HoldIsOver{r.command.order});
    }
};

}  // namespace supply_chain
