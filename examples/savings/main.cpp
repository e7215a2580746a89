// A read model that was wrong is built anew while it serves, and a branch of the store tells what would have been:
// docs/examples/savings.md walks through it.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "savings/account.hpp"
#include "savings/balances.hpp"
#include "varve/backup.hpp"
#include "varve/testing_pass.hpp"

namespace {

using savings::Balances;
using savings::BalancesBefore;
using varve::Result;

constexpr std::chrono::minutes patience{1};

/// Three months at the counter; interest is paid meanwhile.
Result<varve::Receipt> keep_books(varve::App& bank, varve::testing::VirtualClock& clock) {
    using namespace savings;
    bank.send(Open{"ann", "Ann"}).value();
    bank.send(PayIn{"ann", 50'000}).value();
    bank.send(Open{"bob", "Bob"}).value();
    if (auto passed = varve::testing::pass(bank, clock, std::chrono::days(40)); !passed) return passed.error();
    bank.send(PayIn{"bob", 900}).value();
    bank.send(PayOut{"ann", 20'000}).value();
    if (auto passed = varve::testing::pass(bank, clock, std::chrono::days(40)); !passed) return passed.error();
    return bank.send(PayIn{"bob", 100});
}

void show(const varve::App& bank, const std::string& when) {
    std::cout << when << ": ann has " << bank.ask(savings::BalanceOf{"ann"}).value()->cents << '\n';
}

Result<> rebuild(varve::App& bank, const std::string& folder) {
    auto begun = bank.rebuild<BalancesBefore, Balances>(varve::sqlite(folder + "/balances-2.db"));
    if (!begun) return std::move(begun).error();
    varve::Rebuild rebuild = *begun;
    if (auto built = rebuild.wait(patience); !built) return built;
    for (const auto& status : bank.projections()) {
        std::cout << status.name << " is " << to_string(status.role) << ", " << status.lag() << " events behind\n";
    }
    const auto diff = rebuild.diff();
    if (!diff) return diff.error();
    std::cout << *diff;

    show(bank, "before the cut-over");
    if (auto done = rebuild.cut_over(); !done) return done;
    show(bank, "after it");
    if (auto done = rebuild.roll_back(); !done) return done;
    show(bank, "rolled back");
    if (auto done = rebuild.cut_over(); !done) return done;
    return rebuild.finish();
}

/// A fork of the store has its own clock, commands and timers, and the original never hears of it.
Result<> what_if(const varve::App& bank, const std::string& folder, varve::Timestamp now) {
    if (auto forked = varve::fork(folder + "/store", folder + "/what-if"); !forked) return std::move(forked).error();
    const auto clock = std::make_shared<varve::testing::VirtualClock>(now);
    auto store = varve::open(folder + "/what-if", {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App other{*store, {.clock = clock}};
    savings::wire(other);
    other.project<Balances>();

    const auto receipt = other.send(savings::PayIn{"bob", 1'000'000});
    if (!receipt) return receipt.error();
    // The timers that were set before the fork fire in it.
    if (auto passed = varve::testing::pass(other, *clock, std::chrono::days(30)); !passed) return passed;

    const auto here = bank.replay<Balances>();
    const auto there = other.replay<Balances>();
    if (!here) return here.error();
    if (!there) return there.error();
    std::cout << "what if bob paid in 10000.00 today, thirty days from now?\n" << varve::diff(*here, *there).value();
    const auto asked = other.ask(savings::BalanceOf{"bob"}, varve::after(other.store().head() - 1));
    if (!asked) return asked.error();
    std::cout << "in the fork: bob has " << (*asked)->cents << '\n';
    return other.close();
}

Result<> play(const std::string& folder) {
    const auto clock = std::make_shared<varve::testing::VirtualClock>();
    auto store = varve::open(folder + "/store", {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App bank{*store, {.clock = clock}};
    savings::wire(bank);
    bank.project<BalancesBefore>(varve::sqlite(folder + "/balances.db"));
    const auto last = keep_books(bank, *clock);
    if (auto shown = bank.ask(savings::BalanceOf{"ann"}, varve::after(last)); !shown) return shown.error();
    if (auto rebuilt = rebuild(bank, folder); !rebuilt) return rebuilt;
    if (auto told = what_if(bank, folder, clock->now()); !told) return told;
    show(bank, "in the bank, still");
    return bank.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/savings";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "savings: " << played.error().message << '\n';
    return 1;
}
