// Queries: what the bus costs beside the answer itself.
#include <algorithm>
#include <cstdint>
#include <memory>

#include <fmt/format.h>

#include "cases/workload.hpp"
#include "run/interrupt.hpp"
#include "varve/app.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t calls_per_look = 10'000;

using SteadyClock = std::chrono::steady_clock;

struct Happened {
    std::uint64_t number = 0;
};
/// An answer that takes no time, so that nothing but the way to it is measured.
struct Half {
    std::uint64_t of = 0;
    using Answer = std::uint64_t;
};
struct Halves {
    using Events = varve::Events<Happened>;
    using Queries = varve::Queries<Half>;

    void on(const Happened&) {}
    // A call like that of any answer: inlined, the direct one would be nothing at all.
    [[nodiscard, gnu::noinline]] std::uint64_t answer(const Half& query) const { return query.of / 2; }
};

/// Nanoseconds of one call.
template <class F>
Result<double> time_of(const Seconds& measure, F call) {
    std::uint64_t calls = 0;
    std::uint64_t sum = 0;
    const auto begun = SteadyClock::now();
    Seconds time{};
    while (time < measure && !interrupted()) {
        for (std::uint64_t i = 0; i < calls_per_look; ++i) sum += call(calls + i);
        calls += calls_per_look;
        time = SteadyClock::now() - begun;
    }
    // Every half of 0, 1, 2 ... `calls` - 1, of which there are evenly many.
    if (sum != calls / 2 * (calls / 2 - 1)) return Error{Code::data_loss, "an answer is not the half"};
    return time.count() / static_cast<double>(calls) * 1e9;
}

Result<Figure> dispatch(const Scale& scale) {
    auto store = varve::open("memory:");
    if (!store) return std::move(store).error();
    App app(*store);
    if (auto wired = app.project<Halves>(); !wired.ok()) return wired.error();
    const auto asked = time_of(scale.measure / 2, [&](std::uint64_t i) { return app.ask(Half{i}).value(); });
    if (!asked) return asked.error();
    const auto halves = std::make_unique<Halves>();
    const auto called = time_of(scale.measure / 2, [&](std::uint64_t i) { return halves->answer(Half{i}); });
    if (!called) return called.error();
    return Figure{.value = std::max(0.0, *asked - *called)};
}

}  // namespace

std::vector<Case> query_cases(const Ground& ground) {
    std::vector<Case> cases;
    cases.push_back({.id = "query.dispatch",
                     .title = "a query through the bus, without answer",
                     .unit = Unit::nanoseconds,
                     .durability = Durability::buffered,
                     .suits = [](const Contender& contender) { return contender.name == "varve"; },
                     .run = [&ground](const Contender&) { return dispatch(ground.scale); }});
    return cases;
}

}  // namespace varve::bench
