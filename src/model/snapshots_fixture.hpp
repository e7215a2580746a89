/// A counter of which folds can be counted, and an App over it whose every load is worth a snapshot.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "model/temp_folder_fixture.hpp"
#include "varve/varve.hpp"

namespace counters {

struct Counted {
    std::string counter;
    std::int64_t by = 0;
};
struct Counter {
    using Events = varve::Events<Counted>;
    static inline std::atomic<int> evolved = 0;
    std::int64_t sum = 0, count = 0;
    void evolve(const Counted& e) {
        ++evolved;
        ++count;
        sum = sum * 7 + e.by;
    }
    friend bool operator==(const Counter&, const Counter&) = default;
};
struct Count {
    std::string counter;
    std::int64_t by = 0;
};
inline varve::Decision decide(const Count& c, const Counter& counter) {
    return varve::accept(Counted{c.counter, c.by + counter.count});
}

/// Waits until nothing waits to be written; false: it took too long.
inline bool written(const varve::App& app) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (app.snapshots()->waiting > 0) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

inline varve::Snapshots always(const std::string& path) {
    varve::Snapshots options = varve::snapshots(path);
    options.worth = {};
    return options;
}

inline varve::App open_app(const varve::Store& store, const varve::Snapshots& snapshots) {
    varve::App app{store, {.snapshots = snapshots}};
    app.handle<Count, Counter>(&Count::counter, decide);
    return app;
}

inline void append(varve::Store& store, const std::string& counter, int events) {
    varve::Commit commit;
    for (int i = 0; i < events; ++i) {
        commit.events.push_back({.stream = "counter-" + counter,
                                 .type = "Counted",
                                 .data = varve::encode_event(Counted{counter, i}).value()});
    }
    static_cast<void>(store.append(std::move(commit)).value());
}

}  // namespace counters
