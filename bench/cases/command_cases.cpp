// The command bus: a command that is decided on an entity of ten events, beside the bare append that it ends with.
#include <atomic>
#include <memory>
#include <semaphore>

#include <fmt/format.h>

#include "cases/ledger.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t events_each = 10;
constexpr std::uint64_t cold_accounts = 30'000;

enum class Way : std::uint8_t {
    bare,  ///< the same event appended by hand, on condition of its revision
    warm,  ///< through the bus, each writer to an entity of its own
    cold,  ///< through the bus, every time to an entity that was not touched before
    async  ///< sent by one caller without waiting, as many on their way as there are entities
};

struct Shape {
    Way way{};
    unsigned writers = 1;
    Durability durability = Durability::durable;
};

Result<> append_by_hand(Store& store, const Deposit& command, Revision& last) {
    auto data = to_json(deposit_of(command.number, 1));
    if (!data) return std::move(data).error();
    Commit commit;
    const std::string stream = stream_of<Account>(command.account);
    commit.events.push_back({.stream = stream, .type = "Deposited", .data = std::move(*data)});
    commit.conditions.push_back(StreamIs{stream, Expected::exact(last)});
    auto receipt = store.append(std::move(commit));
    if (!receipt) return std::move(receipt).error();
    last = last + 1;
    return {};
}

Result<Figure> send_commands(Store& store, const Shape& shape, const Scale& scale) {
    const std::uint64_t accounts = shape.way == Way::cold ? cold_accounts : shape.writers;
    if (auto filled = fill(store, accounts * events_each, accounts); !filled) return std::move(filled).error();
    App app(store);
    if (auto wired = app.handle<Deposit, Account>(&Deposit::account, decide); !wired.ok()) return wired.error();

    struct alignas(64) Last {
        Revision revision{events_each - 1};
    };
    std::vector<Last> lasts(shape.writers);
    std::atomic<std::uint64_t> next_account = 0;
    const auto send_one = [&](unsigned writer, std::uint64_t number) -> Result<> {
        const std::uint64_t account = shape.way == Way::cold ? next_account++ : writer;
        const Deposit command{account_name(account), 1, number};
        if (shape.way == Way::bare) return append_by_hand(store, command, lasts[writer].revision);
        auto receipt = app.send(command);
        return receipt ? Result<>() : Result<>(std::move(receipt).error());
    };
    const bool cold = shape.way == Way::cold;
    const std::uint64_t most = cold ? cold_accounts / 4 : scale.append_events;
    if (auto warm = run_threads(shape.writers, {scale.warm_up, most}, send_one); !warm) return std::move(warm).error();
    auto timed = run_threads(shape.writers, {scale.measure, cold ? cold_accounts / 2 : most}, send_one);
    if (!timed) return std::move(timed).error();
    return Figure{.value = static_cast<double>(timed->operations) / timed->time.count(),
                  .p50_us = timed->latencies.microseconds(0.5),
                  .p99_us = timed->latencies.microseconds(0.99)};
}

/// One caller, who keeps so many commands on their way, each about another account.
Result<Figure> send_without_waiting(Store& store, unsigned window, const Scale& scale) {
    if (auto filled = fill(store, window * events_each, window); !filled) return std::move(filled).error();
    std::counting_semaphore<> room(window);
    std::atomic<std::uint64_t> failed = 0;
    App app(store);
    if (auto wired = app.handle<Deposit, Account>(&Deposit::account, decide); !wired.ok()) return wired.error();
    const auto send_one = [&](unsigned, std::uint64_t number) -> Result<> {
        room.acquire();
        app.send_async(Deposit{account_name(number % window), 1, number}, [&](const Result<Receipt>& answer) {
            if (!answer.ok()) ++failed;
            room.release();
        });
        return {};
    };
    if (auto warm = run_threads(1, {scale.warm_up, scale.append_events}, send_one); !warm)
        return std::move(warm).error();
    auto timed = run_threads(1, {scale.measure, scale.append_events}, send_one);
    for (unsigned i = 0; i < window; ++i) room.acquire();
    if (!timed) return std::move(timed).error();
    if (failed > 0) return Error{Code::internal, fmt::format("{} commands were not done", failed.load())};
    return Figure{.value = static_cast<double>(timed->operations) / timed->time.count()};
}

Case make_case(const Ground& ground, std::string id, std::string title, const Shape& shape) {
    return {.id = std::move(id),
            .title = std::move(title),
            .unit = Unit::events_per_second,
            .durability = shape.durability,
            .against_probe = shape.durability == Durability::durable,
            .suits = [](const Contender& contender) { return contender.name == "varve"; },
            .run = [&ground, shape](const Contender&) -> Result<Figure> {
                const Path folder = ground.scratch.fresh("command");
                Result<Figure> figure = Error{Code::internal, "not measured"};
                {
                    auto store = varve::open((folder / "store").string(), {.durability = shape.durability});
                    if (!store) {
                        figure = std::move(store).error();
                    } else if (shape.way == Way::async) {
                        figure = send_without_waiting(*store, shape.writers, ground.scale);
                    } else {
                        figure = send_commands(*store, shape, ground.scale);
                    }
                }
                ground.scratch.remove(folder);
                return figure;
            }};
}

}  // namespace

std::vector<Case> command_cases(const Ground& ground) {
    std::vector<Case> cases;
    const std::tuple<Way, const char*, const char*> ways[] = {
        {Way::bare, "bare", "one account's event, appended by hand"},
        {Way::warm, "warm", "a command through the bus, warm"},
        {Way::cold, "cold", "a command through the bus, cold"},
    };
    for (const unsigned writers : {1U, 64U}) {
        for (const auto& [way, id, title] : ways) {
            cases.push_back(make_case(ground, fmt::format("command.{}.{}", id, writers),
                                      fmt::format("{}, {} caller{}", title, writers, writers == 1 ? "" : "s"),
                                      {.way = way, .writers = writers}));
        }
    }
    cases.push_back(make_case(ground, "command.async.64", "commands sent without waiting, 64 on their way, 1 caller",
                              {.way = Way::async, .writers = 64}));
    cases.push_back(make_case(ground, "command.bare.buffered", "one account's event, appended by hand, 1 caller",
                              {.way = Way::bare, .durability = Durability::buffered}));
    cases.push_back(make_case(ground, "command.buffered", "a command through the bus, warm, 1 caller",
                              {.way = Way::warm, .durability = Durability::buffered}));
    return cases;
}

}  // namespace varve::bench
