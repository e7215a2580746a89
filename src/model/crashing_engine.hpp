/// An engine that dies like the program around it would, at an append of somebody's choice.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "varve/engine.hpp"

namespace varve::testing {

enum class Crash : std::uint8_t { none, before, after };

/// Says when to crash, and remembers what happened. Lives longer than the engines; one thread appends.
struct Fuse {
    /// What happens at append number n, from 0.
    std::function<Crash(std::uint64_t n)> at;
    std::uint64_t appends = 0;
    std::vector<std::string> crashes = {};
    std::atomic<bool> crashed = false;
};

/// Passes everything on to `inner` until the fuse blows; from then on it is closed, while `inner` keeps what it has.
[[nodiscard]] std::shared_ptr<Engine> crashing_engine(std::shared_ptr<Engine> inner, std::shared_ptr<Fuse> fuse);

}  // namespace varve::testing
