#include "varve/clock.hpp"

#include <algorithm>

namespace varve {

namespace {

class SystemClock final : public Clock {
public:
    Timestamp now() override { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }
    std::chrono::steady_clock::time_point wake_at(Timestamp time) override {
        static constexpr std::chrono::microseconds longest = std::chrono::hours(1);
        const Timestamp moment = now();
        if (time <= moment) return std::chrono::steady_clock::now();
        return std::chrono::steady_clock::now() + (time - moment < longest ? time - moment : longest);
    }
};

}  // namespace

Clock::~Clock() = default;

// NOLINTNEXTLINE(performance-unnecessary-value-param): other clocks keep it
std::shared_ptr<void> Clock::watch(std::function<void()>) {
    return nullptr;
}

std::shared_ptr<Clock> system_clock() {
    static const auto clock = std::make_shared<SystemClock>();
    return clock;
}

}  // namespace varve
