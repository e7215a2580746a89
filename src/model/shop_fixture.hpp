/// The shop that the tests of processes are about: an order is paid in time and shipped, or cancelled.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "varve/testing_clock.hpp"
#include "varve/varve.hpp"

namespace shop {

struct OrderPlaced {
    std::string order;
    std::int64_t cents = 0;
};
struct Paid {
    std::string order;
};
struct Shipped {
    std::string order;
};
struct OrderCancelled {
    std::string order, why;
};

struct Order {
    using Events = varve::Events<OrderPlaced, Paid, Shipped, OrderCancelled>;
    bool placed = false, paid = false, shipped = false, cancelled = false;
    int payments = 0, shipments = 0, cancellations = 0;
    void evolve(const OrderPlaced&) { placed = true; }
    void evolve(const Paid&) {
        paid = true;
        ++payments;
    }
    void evolve(const Shipped&) {
        shipped = true;
        ++shipments;
    }
    void evolve(const OrderCancelled&) {
        cancelled = true;
        ++cancellations;
    }
};

struct Place {
    std::string order;
    std::int64_t cents = 0;
};
struct Pay {
    std::string order;
};
struct Ship {
    std::string order;
};
struct CancelOrder {
    std::string order, why;
};

inline varve::Decision decide(const Place& c, const Order& order) {
    if (order.placed) return varve::accept();
    return varve::accept(OrderPlaced{c.order, c.cents});
}
inline varve::Decision decide(const Pay& c, const Order& order) {
    if (order.cancelled) return varve::reject("order.cancelled");
    return varve::accept(Paid{c.order});
}
/// An order for nothing cannot be shipped.
inline varve::Decision decide(const Ship& c, const Order& order) {
    if (!order.paid) return varve::reject("order.not_paid");
    if (c.order.starts_with("broken")) return varve::reject("order.broken", "it is broken");
    return varve::accept(Shipped{c.order});
}
inline varve::Decision decide(const CancelOrder& c, const Order&) {
    return varve::accept(OrderCancelled{c.order, c.why});
}

struct PaymentTimedOut {
    std::string order;
};
struct Reminder {
    std::string order;
    int count = 0;
};

/// Ships what is paid within a day; otherwise, or when it cannot be shipped, cancels the order.
struct Delivery {
    using Hears = varve::Events<OrderPlaced, Paid, Shipped>;
    using Sends = varve::Commands<Ship, CancelOrder>;
    using Timers = varve::Timers<PaymentTimedOut, Reminder>;
    static std::string key(const OrderPlaced& e) { return e.order; }
    static std::string key(const Paid& e) { return e.order; }
    static std::string key(const Shipped& e) { return e.order; }

    bool paid = false;
    int reminders = 0;

    varve::Steps on(const OrderPlaced& e) {
        if (e.cents < 0) throw std::runtime_error("nobody pays us less than nothing");
        return varve::steps(varve::timer("payment", std::chrono::hours(24), PaymentTimedOut{e.order}),
                            varve::timer("reminder", std::chrono::hours(10), Reminder{e.order, 1}));
    }
    varve::Steps on(const Paid& e) {
        paid = true;
        return varve::steps(varve::cancel("payment"), varve::cancel("reminder"), varve::send(Ship{e.order}));
    }
    varve::Steps on(const Shipped&) { return varve::finish(); }
    varve::Steps on(const PaymentTimedOut& t) {
        return varve::steps(varve::send(CancelOrder{t.order, "payment timed out"}), varve::finish());
    }
    varve::Steps on(const Reminder& t) {
        reminders = t.count;
        return varve::timer("reminder", std::chrono::hours(10), Reminder{t.order, t.count + 1});
    }
    varve::Steps on(const varve::Rejected<Ship>& r) {
        return varve::steps(varve::send(CancelOrder{r.command.order, r.error.reason}), varve::finish());
    }
    varve::Steps on(const varve::Rejected<CancelOrder>&) { return {}; }
};

inline void handle(varve::App& app) {
    app.handle<Place, Order>(&Place::order, decide);
    app.handle<Pay, Order>(&Pay::order, decide);
    app.handle<Ship, Order>(&Ship::order, decide);
    app.handle<CancelOrder, Order>(&CancelOrder::order, decide);
}

/// A store and an App on virtual time; the App can be stopped and started again on the same store.
struct Shop {
    std::shared_ptr<varve::testing::VirtualClock> clock = std::make_shared<varve::testing::VirtualClock>();
    varve::Store store;
    varve::App app;

    explicit Shop(const std::string& where = "memory:")
        : store(varve::open(where, {.clock = clock}).value()), app(wired(true)) {}

    [[nodiscard]] varve::App bare(bool background) const { return varve::App{store, {clock, background}}; }
    [[nodiscard]] varve::App wired(bool background) const {
        varve::App made = bare(background);
        handle(made);
        made.run<Delivery>();
        return made;
    }
    /// Ends the App without closing the store, and starts another one.
    void restart(bool background = true) {
        app = bare(false);
        app = wired(background);
    }
    void settle() { app.settle().value(); }
    /// Time passes, from one thing that is due to the next.
    void pass(std::chrono::hours by) {
        clock->advance(by);
        settle();
    }
    [[nodiscard]] Order order(const std::string& key) const { return app.load<Order>(key).value().state; }
    [[nodiscard]] varve::ProcessStatus status() const { return app.processes().at(0); }
};

}  // namespace shop
