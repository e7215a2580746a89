/// Reads a store in every way and compares with the oracle.
#pragma once

#include <optional>
#include <vector>

#include "simulation/history.hpp"
#include "simulation/world.hpp"
#include "varve/store.hpp"

namespace varve::simulation {

/// One read; throws a Violation when it gives anything but the history's answer.
/// Events that may have been taken, and are not there, the history then knows to be gone.
void check_read(const Store& store, History& history, const Selection& selection);
/// A read like none before.
[[nodiscard]] Selection any_selection(Dice& dice, const History& history);
/// Every stream, category, list and number that the store tells.
void check_everything(const Store& store, History& history);

/// A subscription that outlives its stores: it resumes where it stood.
class Follower {
public:
    explicit Follower(Selection selection) : selection_(std::move(selection)) {}

    /// Takes all that there is, and looks whether it is just what should come.
    void poll(const Store& store, History& history);
    void disconnect() { subscription_.reset(); }
    /// Events from `end` on are gone (they were not durable, by choice).
    void forget(Position end);
    [[nodiscard]] Position position() const { return selection_.from.value_or(Position{0}); }

private:
    Selection selection_;  ///< `from`: where it goes on
    std::optional<Subscription> subscription_;
};

}  // namespace varve::simulation
