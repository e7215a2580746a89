// Read models: how fast one is built from the log, how soon a write is seen, and what a rebuild costs those who ask.
#include <memory>

#include <fmt/format.h>

#include "cases/ledger.hpp"
#include "run/interrupt.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t accounts = 10'000;
constexpr std::chrono::minutes patience{2};

using SteadyClock = std::chrono::steady_clock;

/// Builds the read model from all that is in the store; `question` is one that it answers.
template <class P, class Q>
Result<Figure> catch_up(Store& store, const Q& question, const ProjectionOptions& options = {}) {
    const Position head = store.head();
    App app(store);
    const auto begun = SteadyClock::now();
    if (const Wiring wired = app.project<P>(options); !wired.ok()) return wired.error();
    const auto answer = app.ask(question, after(head - 1, patience));
    const Seconds time = SteadyClock::now() - begun;
    if (!answer.ok()) return answer.error();
    if (*answer != head.value) return Error{Code::data_loss, "a read model has not seen every event"};
    return Figure{.value = static_cast<double>(head.value) / time.count()};
}

/// From the acknowledgement of a durable command to the answer that reflects it.
Result<Figure> lag(Store& store, const Scale& scale) {
    App app(store);
    if (auto wired = app.handle<Deposit, Account>(&Deposit::account, decide); !wired.ok()) return wired.error();
    if (auto wired = app.project<Balances>(); !wired.ok()) return wired.error();
    if (auto live = app.ask(BalanceOf{}, after(store.head() - 1, patience)); !live.ok()) return live.error();
    Latencies latencies;
    auto timed = run_threads(1, {scale.measure, 100'000}, [&](unsigned, std::uint64_t number) -> Result<> {
        const std::string account = account_name(accounts + number);
        const auto receipt = app.send(Deposit{account, 1, number});
        const auto acknowledged = SteadyClock::now();
        const auto balance = app.ask(BalanceOf{account}, after(receipt, patience));
        latencies.add(SteadyClock::now() - acknowledged);
        if (!balance.ok()) return balance.error();
        if (!*balance) return Error{Code::data_loss, "an answer lacks the write that it shall reflect"};
        return {};
    });
    if (!timed) return std::move(timed).error();
    return Figure{.value = latencies.microseconds(0.5) / 1e3,
                  .p50_us = latencies.microseconds(0.5),
                  .p99_us = latencies.microseconds(0.99)};
}

/// Asks one question after the other until it is enough.
Result<Latencies> ask_until(const App& app, const std::function<bool(Seconds since)>& enough) {
    Latencies latencies;
    std::uint64_t random = 88172645463325252U;
    const auto begun = SteadyClock::now();
    for (auto before = begun; !enough(before - begun);) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const auto balance = app.ask(BalanceOf{account_name((random >> 33) % accounts)});
        if (!balance.ok()) return balance.error();
        const auto now = SteadyClock::now();
        latencies.add(now - before);
        before = now;
    }
    return latencies;
}

/// The 99th percentile of an answer while the read model that gives it is built anew from the whole log, by that of before.
/// What is built takes over in the end.
Result<Figure> rebuild(Store& store, const Scale& scale) {
    App app(store);
    if (auto wired = app.project<Balances>(); !wired.ok()) return wired.error();
    if (auto live = app.ask(BalanceOf{}, after(store.head() - 1, patience)); !live.ok()) return live.error();
    auto alone = ask_until(app, [&](Seconds since) { return since > scale.measure || interrupted(); });
    if (!alone) return std::move(alone).error();
    auto rebuild = app.rebuild<Balances>();
    if (!rebuild.ok()) return std::move(rebuild).error();
    auto beside = ask_until(
        app, [&](Seconds) { return rebuild->progress().state != RebuildProgress::State::building || interrupted(); });
    if (!beside) return std::move(beside).error();
    if (auto done = rebuild->cut_over(); !done.ok()) return std::move(done).error();
    if (auto done = rebuild->finish(); !done.ok()) return std::move(done).error();
    return Figure{.value = beside->microseconds(0.99) / alone->microseconds(0.99),
                  .p50_us = beside->microseconds(0.5),
                  .p99_us = beside->microseconds(0.99)};
}

/// The store that all cases read, filled when the first of them runs.
class Filled {
public:
    explicit Filled(const Ground& ground, Format format = Format::json) : ground_(ground), format_(format) {}
    Filled(const Filled&) = delete;
    Filled& operator=(const Filled&) = delete;
    ~Filled() {
        store_.reset();
        if (!folder_.empty()) ground_.scratch.remove(folder_);
    }

    [[nodiscard]] const Ground& ground() const { return ground_; }
    /// A path that is not there yet.
    [[nodiscard]] Path fresh_file() { return folder_ / fmt::format("model-{}.sqlite", ++files_); }

    Result<Store*> store() {
        if (store_) return &*store_;
        folder_ = ground_.scratch.fresh(format_ == Format::cbor ? "projection-cbor" : "projection");
        auto store = varve::open((folder_ / "store").string());
        if (!store) return std::move(store).error();
        if (auto filled = fill(*store, ground_.scale.read_events, accounts, format_); !filled)
            return std::move(filled).error();
        store_ = std::move(*store);
        return &*store_;
    }

private:
    const Ground& ground_;
    Format format_;
    Path folder_;
    std::optional<Store> store_;
    unsigned files_ = 0;
};

}  // namespace

std::vector<Case> projection_cases(const Ground& ground) {
    const auto filled = std::make_shared<Filled>(ground);
    const auto filled_with_cbor = std::make_shared<Filled>(ground, Format::cbor);
    const auto ours = [](const Contender& contender) { return contender.name == "varve"; };
    const auto on_the_store = [filled](auto measure) {
        return [filled, measure](const Contender&) -> Result<Figure> {
            auto store = filled->store();
            return store ? measure(**store) : Result<Figure>(std::move(store).error());
        };
    };
    std::vector<Case> cases;
    cases.push_back({.id = "projection.memory",
                     .title = "a read model from the log, in memory",
                     .unit = Unit::events_per_second,
                     .suits = ours,
                     .run = on_the_store([](Store& store) { return catch_up<Balances>(store, CountOfDeposits{}); })});
    for (const unsigned partitions : {2U, 4U}) {
        cases.push_back({.id = fmt::format("projection.partitions.{}", partitions),
                         .title = fmt::format("a read model from the log, in memory, in {} partitions", partitions),
                         .unit = Unit::events_per_second,
                         .suits = ours,
                         .run = on_the_store([partitions](Store& store) {
                             return catch_up<Balances>(store, CountOfDeposits{}, {.partitions = partitions});
                         })});
    }
    cases.push_back({.id = "projection.cbor",
                     .title = "a read model from a log of CBOR, in memory",
                     .unit = Unit::events_per_second,
                     .suits = ours,
                     .run = [filled_with_cbor](const Contender&) -> Result<Figure> {
                         auto store = filled_with_cbor->store();
                         if (!store) return std::move(store).error();
                         return catch_up<Balances>(**store, CountOfDeposits{});
                     }});
    cases.push_back({.id = "projection.sqlite",
                     .title = "a read model from the log, in SQLite, a row an event",
                     .unit = Unit::events_per_second,
                     .suits = ours,
                     .run = on_the_store([filled](Store& store) {
                         return catch_up<Statement>(store, CountOfLines{},
                                                    {.file = varve::sqlite(filled->fresh_file().string())});
                     })});
    cases.push_back({.id = "projection.rebuild",
                     .title = "p99 of a query during a rebuild, by that of before",
                     .unit = Unit::ratio,
                     .suits = ours,
                     .run = on_the_store([&ground](Store& store) { return rebuild(store, ground.scale); })});
    cases.push_back({.id = "projection.lag",
                     .title = "from the acknowledgement to the answer that shows it",
                     .unit = Unit::milliseconds,
                     .suits = ours,
                     .run = on_the_store([&ground](Store& store) { return lag(store, ground.scale); })});
    return cases;
}

}  // namespace varve::bench
