/// Between the log and the gateway: takes there what was asked, brings back what it answers.
#pragma once

#include <chrono>
#include <cstddef>

#include "payments/gateway.hpp"
#include "payments/payment.hpp"

namespace payments {

/// Everything that the application does with its App.
void wire(varve::App& app);

/// It remembers nothing on disk. What it drops in a crash is asked for again, under the same key, when Collection's timer
/// fires. For one thread.
class Courier {
public:
    /// Begins with what is asked from this position on: the head of the store when the program starts.
    Courier(Gateway& gateway, varve::Position from) : gateway_(gateway), next_(from) {}

    /// Everything that was asked since the last time, and every notice that has come. Answers how many of both there were.
    varve::Result<std::size_t> carry(varve::App& app);

private:
    Gateway& gateway_;
    varve::Position next_;
};

}  // namespace payments
