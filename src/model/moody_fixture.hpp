/// A projection that fails as its test says, and how tests wait for what it does.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "model/bank_fixture.hpp"

namespace moody {

using bank::Balance;
using bank::BalanceOf;
using bank::Deposit;
using bank::Deposited;
using bank::Open;
using bank::Opened;

/// Deposits of these amounts fail, so many times.
inline std::atomic<std::int64_t> bad_cents = 0;
inline std::atomic<int> bad_times = 0;
inline std::atomic<int> calls = 0;
/// Deposits of 77 last as long as this is true.
inline std::atomic<bool> slow = false;

constexpr int always = 1'000'000;

inline void fail_at(std::int64_t cents, int times = always) {
    bad_cents = cents;
    bad_times = times;
    calls = 0;
}
inline void mend() {
    bad_times = 0;
}

/// Changes rows before it throws, and one that was not there.
struct Moody {
    using Events = varve::Events<Opened, Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    varve::Table<Balance> balances;
    varve::Table<Balance> seen;

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const Deposited& e, const varve::Event& event) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
        seen.put({std::to_string(event.position.value), e.cents});
        if (e.cents == 77) slow.wait(true);
        if (e.cents != bad_cents) return;
        ++calls;
        if (bad_times-- > 0) throw std::runtime_error("moody about " + std::to_string(e.cents));
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        if (q.account == "rows seen") return static_cast<std::int64_t>(seen.size());
        const auto row = balances.get(q.account);
        return row ? std::optional(row->cents) : std::nullopt;
    }
};

/// Waits, at most for a while, until it holds.
template <class F>
[[nodiscard]] bool until(F&& holds) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace moody
