/// Everything that a simulated run leaves to chance, from one seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace varve::simulation {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t next() { return engine_(); }
    /// 0 .. count - 1; requires count > 0.
    std::uint64_t below(std::uint64_t count) { return engine_() % count; }
    std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    template <class Container>
    auto& pick(Container& container) {
        return container[below(container.size())];
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace varve::simulation
