// Sixteen buyers, two warehouses, and reservations that expire: docs/examples/supply_chain.md walks through it.
#include <filesystem>
#include <iostream>
#include <memory>

#include "supply_chain/audit.hpp"
#include "supply_chain/hold.hpp"
#include "supply_chain/rush.hpp"
#include "varve/testing_pass.hpp"

namespace {

using namespace supply_chain;
using varve::Result;

const std::string berlin = "bolts@berlin", prague = "bolts@prague";

/// Both warehouses together: who got the pieces of which one differs from run to run, the sum does not.
Result<> show_stock(const varve::App& app, const std::string& when) {
    std::int64_t there = 0, held = 0;
    for (const std::string& name : {berlin, prague}) {
        const auto shelf = app.load<Shelf>(name);
        if (!shelf) return shelf.error();
        there += shelf->state.there;
        held += shelf->state.held;
    }
    std::cout << when << ": " << there << " bolts in both warehouses, " << held << " of them held\n";
    return {};
}

Result<Outcome> show_rush(varve::App& app, const std::string& name) {
    const Plan plan{.name = name, .shelf = berlin, .other = prague};
    auto outcome = rush(app, plan);
    if (!outcome) return outcome;
    std::cout << plan.buyers << " buyers at once want " << plan.buyers * plan.orders_each << " times " << plan.pieces
              << ": " << outcome->reserved.size() << " reserved, " << outcome->refused << " refused\n";
    return outcome;
}

Result<> play(const std::string& folder) {
    const auto clock = std::make_shared<varve::testing::VirtualClock>();
    auto store = varve::open(folder, {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App app{*store, {.clock = clock}};
    wire(app);

    for (const Receive& delivery : {Receive{berlin, 25}, Receive{prague, 15}}) {
        if (auto received = app.send(delivery); !received) return received.error();
    }
    if (auto shown = show_stock(app, "delivered"); !shown) return shown;
    const auto first = show_rush(app, "monday");
    if (!first) return first.error();
    if (auto shown = show_stock(app, "after the rush"); !shown) return shown;

    constexpr std::size_t come = 12;
    if (first->reserved.size() <= come) {
        return varve::Error{varve::Code::data_loss, "too few of the buyers got anything: " + folder + " shows who"};
    }
    for (std::size_t i = 0; i < come; ++i) {
        const Reserve& order = first->reserved[i];
        if (auto collected = app.send(Collect{order.order, order.near, order.far}); !collected)
            return collected.error();
    }
    if (auto shown = show_stock(app, std::to_string(come) + " have come for theirs"); !shown) return shown;

    if (auto passed = varve::testing::pass(app, *clock, hold_time); !passed) return passed;
    if (auto shown = show_stock(app, std::to_string(hold_time.count()) + " minutes later"); !shown) return shown;
    const Reserve& late = first->reserved.back();
    std::cout << "somebody comes too late: " << app.send(Collect{late.order, late.near, late.far}).error().reason
              << '\n';

    if (const auto second = show_rush(app, "tuesday"); !second) return second.error();
    if (auto shown = show_stock(app, "after the rush"); !shown) return shown;

    const auto audit = app.replay<Audit>();
    if (!audit) return audit.error();
    const Findings found = audit->ask(WasItSound{}).value();
    std::cout << "all of history: more held than there was: " << (found.oversold == 0 ? "never" : "it was")
              << "; held for nobody: " << found.idle_piece_minutes << " piece-minutes\n";
    return app.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/supply_chain";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "supply_chain: " << played.error().message << '\n';
    return 1;
}
