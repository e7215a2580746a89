/// So many at once, and a tenth of it each second.
#pragma once

#include <algorithm>
#include <cstdint>

#include "net/loop.hpp"

namespace varve::net {

class RateLimit {
public:
    RateLimit(std::uint32_t at_once, Clock::time_point now) : most_(at_once), left_(at_once), since_(now) {}

    /// False: that was one too many.
    [[nodiscard]] bool take(Clock::time_point now) {
        const std::chrono::duration<double> passed = now - since_;
        since_ = now;
        left_ = std::min(most_, left_ + passed.count() * most_ / 10);
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }

private:
    double most_;
    double left_;
    Clock::time_point since_;
};

}  // namespace varve::net
