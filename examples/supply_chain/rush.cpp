#include "supply_chain/rush.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "supply_chain/hold.hpp"

namespace supply_chain {

void wire(varve::App& app) {
    app.handle<Receive, Shelf>(&Receive::shelf, decide);
    app.handle<Reserve, Reservation, Shelf, Shelf>(&Reserve::order, &Reserve::near, &Reserve::far, decide);
    app.handle<Collect, Reservation, Shelf, Shelf>(&Collect::order, &Collect::near, &Collect::far, decide);
    app.handle<Release, Reservation, Shelf, Shelf>(&Release::order, &Release::near, &Release::far, decide);
    app.run<Hold>();
}

varve::Result<Outcome> rush(varve::App& app, const Plan& plan) {
    std::mutex mutex;  // guards all that follow
    Outcome outcome;
    std::optional<varve::Error> failed;

    const auto buyer = [&](unsigned number) {
        Reserve wanted{{}, plan.shelf, plan.other, plan.pieces};
        if (number % 2 == 1) std::swap(wanted.near, wanted.far);
        for (unsigned n = 0; n < plan.orders_each; ++n) {
            wanted.order = plan.name + "-" + std::to_string(number) + "-" + std::to_string(n);
            auto receipt = app.send(wanted);
            // Others came first again and again: that is no answer yet.
            while (!receipt && receipt.error().code == varve::Code::aborted) receipt = app.send(wanted);
            const std::lock_guard lock(mutex);
            if (receipt.ok()) {
                outcome.reserved.push_back(wanted);
            } else if (receipt.error().reason == "stock.short") {
                ++outcome.refused;
            } else if (!failed) {
                failed = receipt.error();
            }
        }
    };
    std::vector<std::thread> buyers;
    for (unsigned number = 0; number < plan.buyers; ++number) buyers.emplace_back(buyer, number);
    for (std::thread& thread : buyers) thread.join();

    if (failed) return *failed;
    std::ranges::sort(outcome.reserved, {}, &Reserve::order);
    return outcome;
}

}  // namespace supply_chain
