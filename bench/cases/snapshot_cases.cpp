// Loading an entity of many events: folded from the first one, and begun at a snapshot.
#include <chrono>
#include <thread>

#include "cases/ledger.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t events_each = 10'000;
constexpr std::uint64_t newer = 10;

Result<> load_once(const App& app) {
    const auto account = app.load<Account>(account_name(0));
    return account ? Result<>() : Result<>(account.error());
}

/// The snapshot lies ten events back.
Result<> prepare(Store& store, const App& app) {
    if (auto filled = fill(store, events_each - newer, 1); !filled) return filled;
    if (auto loaded = load_once(app); !loaded) return loaded;
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (app.snapshots() && app.snapshots()->written == 0) {
        if (std::chrono::steady_clock::now() > late) return Error{Code::unavailable, "no snapshot was written"};
        std::this_thread::yield();
    }
    return fill(store, newer, 1);
}

Result<Figure> load_again_and_again(Store& store, const std::string& snapshots, const Scale& scale) {
    AppOptions options;
    if (!snapshots.empty()) options.snapshots = varve::snapshots(snapshots);
    const App app(store, options);
    if (auto prepared = prepare(store, app); !prepared) return std::move(prepared).error();
    const auto load = [&](unsigned, std::uint64_t) { return load_once(app); };
    if (auto warm = run_threads(1, {scale.warm_up, 100'000}, load); !warm) return std::move(warm).error();
    auto timed = run_threads(1, {scale.measure, 1'000'000}, load);
    if (!timed) return std::move(timed).error();
    return Figure{.value = static_cast<double>(timed->operations) / timed->time.count(),
                  .p50_us = timed->latencies.microseconds(0.5),
                  .p99_us = timed->latencies.microseconds(0.99)};
}

Case make_case(const Ground& ground, std::string id, std::string title, bool with) {
    return {.id = std::move(id),
            .title = std::move(title),
            .unit = Unit::reads_per_second,
            .durability = Durability::buffered,
            .suits = [](const Contender& contender) { return contender.name == "varve"; },
            .run = [&ground, with](const Contender&) -> Result<Figure> {
                const Path folder = ground.scratch.fresh("snapshot");
                Result<Figure> figure = Error{Code::internal, "not measured"};
                {
                    auto store = varve::open((folder / "store").string(), {.durability = Durability::buffered});
                    const std::string file = with ? (folder / "app.snapshots").string() : std::string();
                    figure = store ? load_again_and_again(*store, file, ground.scale) : std::move(store).error();
                }
                ground.scratch.remove(folder);
                return figure;
            }};
}

}  // namespace

std::vector<Case> snapshot_cases(const Ground& ground) {
    return {make_case(ground, "snapshot.without", "loads of an entity of 10,000 events, folded from the first", false),
            make_case(ground, "snapshot.with", "loads of an entity of 10,000 events, from a snapshot", true)};
}

}  // namespace varve::bench
