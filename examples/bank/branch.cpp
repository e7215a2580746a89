#include "bank/branch.hpp"

#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "bank/account.hpp"
#include "bank/balances.hpp"

namespace bank {
namespace {

constexpr int dearest_transfer = 20'000;

std::string account_name(std::uint64_t number) {
    return "a" + std::to_string(number);
}

/// What the clerks of one day share.
struct Day {
    varve::App& app;
    const Plan& plan;
    const Done& acknowledged;
    std::uint64_t first_account;
    std::uint64_t first_number;  ///< transfers are numbered from here; grows with the store, so never used twice
    std::atomic<std::uint64_t> done = 0, refused = 0;
    std::atomic<std::uint64_t> last_commit = 0;  ///< position where a commit ended
    std::atomic<bool> over = false;
    std::mutex mutex = {};
    std::optional<varve::Error> failed = {};  // guarded by mutex

    void fail(varve::Error error) {
        const std::lock_guard lock(mutex);
        if (!failed) failed = std::move(error);
    }
    bool has_failed() {
        const std::lock_guard lock(mutex);
        return failed.has_value();
    }
};

/// One transfer, however often the two accounts are too busy for it. False: the day is over.
bool make_transfer(Day& day, const Transfer& transfer) {
    while (!day.has_failed()) {
        const auto receipt = day.app.send(transfer);
        if (receipt.ok()) {
            ++day.done;
            day.last_commit = receipt->last.value;
            if (day.acknowledged) day.acknowledged(transfer.transfer);
            return true;
        }
        if (receipt.error().reason == "account.insufficient_funds") {
            ++day.refused;
            return true;
        }
        if (receipt.error().code != varve::Code::aborted) day.fail(receipt.error());
    }
    return false;
}

void clerk(Day& day, unsigned number) {
    std::mt19937_64 random(day.plan.seed * 1000 + number);
    for (std::uint64_t i = number; i < day.plan.transfers; i += day.plan.clerks) {
        const std::uint64_t from = random() % day.plan.accounts;
        const std::uint64_t to = (from + 1 + random() % (day.plan.accounts - 1)) % day.plan.accounts;
        const auto cents = static_cast<std::int64_t>(1 + random() % dearest_transfer);
        if (!make_transfer(day, {day.first_number + i, account_name(day.first_account + from),
                                 account_name(day.first_account + to), cents}))
            return;
    }
}

void auditor(Day& day, Audits& audits) {
    std::mt19937_64 random(day.plan.seed);
    while (!day.over && !day.has_failed()) {
        const auto now = day.app.ask(Audit{});
        if (!now.ok()) return day.fail(now.error());
        if (now->on_accounts + now->on_the_way != money_of(now->accounts)) ++audits.wrong;
        ++audits.live;
        const std::uint64_t commit = day.last_commit;
        if (commit == 0) continue;
        const auto then = day.app.replay<Balances>(varve::as_of(varve::Position{commit}));
        if (!then.ok()) return day.fail(then.error());
        const auto past = then->ask(Audit{});
        if (!past.ok()) return day.fail(past.error());
        if (past->on_accounts != money_of(past->accounts) || past->on_the_way != 0) ++audits.wrong;
        ++audits.past;
    }
}

varve::Result<std::uint64_t> accounts_of(const varve::App& app) {
    const varve::Position head = app.store().head();
    const auto sum =
        app.ask(Audit{}, head.value == 0 ? varve::After{} : varve::after(head - 1, std::chrono::minutes(1)));
    if (!sum.ok()) return sum.error();
    return sum->accounts;
}

}  // namespace

varve::Result<Bank> open_bank(const std::string& where) {
    auto store = varve::open(where);
    if (!store) return std::move(store).error();
    varve::App app{*store};
    auto conflicts = std::make_shared<std::atomic<std::uint64_t>>(0);
    app.use([conflicts](varve::CommandContext& context, const varve::Next& next) {
        auto receipt = next();
        if (context.attempts() > 1) *conflicts += static_cast<std::uint64_t>(context.attempts() - 1);
        return receipt;
    });
    for (const varve::Wiring& step :
         {app.handle<OpenAccount, Account>(&OpenAccount::account, decide),
          app.handle<Transfer, Account, Account>(&Transfer::from, &Transfer::to, decide), app.project<Balances>()}) {
        if (!step.ok()) return step.error();
    }
    return Bank{std::move(app), std::move(conflicts)};
}

varve::Result<std::uint64_t> open_accounts(varve::App& app, unsigned count) {
    const auto before = accounts_of(app);
    if (!before) return before.error();
    for (std::uint64_t number = *before; number < *before + count; ++number) {
        if (auto opened = app.send(OpenAccount{account_name(number), cents_each}); !opened)
            return std::move(opened).error();
    }
    return accounts_of(app);
}

varve::Result<Work> work(Bank& bank, const Plan& plan, Audits* audits, const Done& done) {
    constexpr unsigned numbers_of_a_day = 24;  // bits
    const auto accounts = accounts_of(bank.app);
    if (!accounts) return accounts.error();
    if (*accounts < plan.accounts) {
        return varve::Error{varve::Code::failed_precondition,
                            "there are only " + std::to_string(*accounts) + " accounts"};
    }
    const std::uint64_t conflicts_before = *bank.conflicts;
    Day day{.app = bank.app,
            .plan = plan,
            .acknowledged = done,
            .first_account = *accounts - plan.accounts,
            .first_number = bank.app.store().head().value << numbers_of_a_day};
    std::thread auditing;
    if (audits != nullptr) auditing = std::thread([&] { auditor(day, *audits); });
    std::vector<std::thread> clerks;
    for (unsigned i = 0; i < plan.clerks; ++i) clerks.emplace_back([&day, i] { clerk(day, i); });
    for (std::thread& thread : clerks) thread.join();
    day.over = true;
    if (auditing.joinable()) auditing.join();
    if (day.failed) return *day.failed;
    return Work{.done = day.done, .refused = day.refused, .conflicts = *bank.conflicts - conflicts_before};
}

}  // namespace bank
