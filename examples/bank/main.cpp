/// Many threads move money between the same accounts; the sum stays what it is, also after kill -9.
/// See docs/examples/bank.md.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "bank/account.hpp"
#include "bank/balances.hpp"
#include "bank/branch.hpp"
#include "shared/child.hpp"
#include "shared/page.hpp"
#include "varve/codec.hpp"

namespace bank {
namespace {

using examples::counted;
using examples::grouped;

constexpr const char* usage = R"(bank: transfers between accounts, many at once

  bank [--data DIR] [--accounts N] [--clerks N] [--transfers N] [--seed N]

  --data DIR       where the store is              (data/bank)
  --accounts N     with 1,000.00 each              (40)
  --clerks N       threads that transfer at once   (16)
  --transfers N    of all clerks together          (4000)
  --seed N         the same transfers again        (1)
)";

struct Options {
    std::string data = "data/bank";
    Plan plan;
    int acks = -1;  ///< a pipe: this is the child that will be killed
};

std::string money(std::int64_t cents) {
    const std::string rest = std::to_string(cents % 100);
    return grouped(static_cast<std::uint64_t>(cents / 100)) + (rest.size() == 1 ? ".0" : ".") + rest;
}

/// What stands in the books, read from the log itself and not through the model.
struct Books {
    std::map<std::uint64_t, int> sides;  ///< of each transfer: 2 when money has left and has arrived
    std::uint64_t accounts = 0;
    std::int64_t sum = 0;
};

varve::Result<Books> read_books(const varve::Store& store) {
    Books books;
    auto cursor = store.read({.source = varve::Category{"account"}});
    if (!cursor) return std::move(cursor).error();
    auto read = cursor->each([&](const varve::Event& event) {
        if (event.type == varve::event_type<Opened>()) {
            books.sum += varve::decode_event<Opened>(event).value().cents;
            ++books.accounts;
        } else if (event.type == varve::event_type<Withdrawn>()) {
            const auto fact = varve::decode_event<Withdrawn>(event).value();
            books.sum -= fact.cents;
            ++books.sides[fact.transfer];
        } else {
            const auto fact = varve::decode_event<Deposited>(event).value();
            books.sum += fact.cents;
            ++books.sides[fact.transfer];
        }
    });
    if (!read) return std::move(read).error();
    return books;
}

varve::Result<> show_transfers(examples::Page& page, Bank& bank, const Plan& plan) {
    page.section("Transfers");
    const auto accounts = open_accounts(bank.app, plan.accounts);
    if (!accounts) return accounts.error();
    page.fact("accounts", grouped(plan.accounts) + " opened with " + money(cents_each) + " each; all " +
                              grouped(*accounts) + " hold " + money(money_of(*accounts)));
    page.fact("transfers", grouped(plan.transfers) + " by " + grouped(plan.clerks) +
                               " clerks at once; each writes two streams in one commit");
    std::atomic<std::uint64_t> done = 0;
    Audits audits;
    const auto began = std::chrono::steady_clock::now();
    const auto worked = work(bank, plan, &audits, [&](std::uint64_t) { ++done; });
    if (!worked) return worked.error();
    const auto time = std::chrono::steady_clock::now() - began;
    page.fact("made", grouped(worked->done) + " in " + examples::seconds(time) + ", " +
                          examples::per_second(worked->done, time) + " a second, each durable when acknowledged");
    page.fact("conflicts", grouped(worked->conflicts) + " decided again because another clerk came first");
    page.fact("refused", grouped(worked->refused) + " for lack of money");
    page.proof(audits.wrong == 0, "the sum was " + money(money_of(*accounts)) +
                                      " whenever the auditor looked: " + counted(audits.live, "time", "times") +
                                      " at the live books, " + grouped(audits.past) + " at those of a past commit");
    if (audits.wrong == 0) return {};
    return varve::Error{varve::Code::data_loss, "the sum was another one " + grouped(audits.wrong) + " times"};
}

/// Lets a child transfer until it has reported some, kills it, and answers all that it reported.
varve::Result<std::vector<std::uint64_t>> acknowledged_by_the_killed(const Options& options) {
    const Plan& plan = options.plan;
    auto child = examples::Child::start({"--data", options.data, "--accounts", std::to_string(plan.accounts),
                                         "--clerks", std::to_string(plan.clerks), "--transfers",
                                         std::to_string(plan.transfers), "--seed", std::to_string(plan.seed + 1)});
    if (!child) return std::move(child).error();
    const std::uint64_t enough = plan.transfers / 4 + 1;
    std::vector<std::uint64_t> acknowledged;
    while (const auto transfer = child->next()) {
        acknowledged.push_back(*transfer);
        if (acknowledged.size() == enough) child->kill();
    }
    child->wait();
    return acknowledged;
}

varve::Result<> show_kill(examples::Page& page, const Options& options) {
    page.section("Kill it");
    const auto acknowledged = acknowledged_by_the_killed(options);
    if (!acknowledged) return acknowledged.error();
    auto store = varve::open(options.data + "/store");
    if (!store) return std::move(store).error();
    const auto books = read_books(*store);
    if (!books) return books.error();

    std::uint64_t found = 0, halves = 0;
    for (const std::uint64_t transfer : *acknowledged) found += books->sides.contains(transfer) ? 1U : 0U;
    for (const auto& [transfer, sides] : books->sides) halves += sides == 2 ? 0U : 1U;
    const bool all_found = found == acknowledged->size(), same_sum = books->sum == money_of(books->accounts);
    page.proof(all_found, "kill -9 in the middle, reopened: " + grouped(found) + " of " +
                              grouped(acknowledged->size()) + " acknowledged transfers found");
    page.proof(halves == 0,
               grouped(books->sides.size()) + " transfers in the log, " + grouped(halves) + " of them by half");
    page.proof(same_sum, "the sum is " + money(books->sum));
    if (all_found && halves == 0 && same_sum) return {};
    return varve::Error{varve::Code::data_loss,
                        "the books are wrong after a crash: " + options.data + "/store shows how"};
}

varve::Result<> play(const Options& options) {
    examples::Page page;
    page.title("bank", "money that neither appears nor vanishes");
    std::error_code failed;
    std::filesystem::create_directories(options.data, failed);
    if (failed)
        return varve::Error{varve::Code::permission_denied, options.data + " cannot be made: " + failed.message()};
    {
        auto bank = open_bank(options.data + "/store");
        if (!bank) return std::move(bank).error();
        if (auto shown = show_transfers(page, *bank, options.plan); !shown) return shown;
    }
    return show_kill(page, options);
}

varve::Result<> be_the_child(const Options& options) {
    auto bank = open_bank(options.data + "/store");
    if (!bank) return std::move(bank).error();
    const auto worked =
        work(*bank, options.plan, nullptr, [&](std::uint64_t transfer) { examples::report(options.acks, transfer); });
    if (!worked) return worked.error();
    return {};
}

template <class Number>
bool read_number(const std::string& text, Number least, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= least;
}

varve::Result<Options> read_options(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        const std::string& name = arguments[i];
        const std::string value = i + 1 < arguments.size() ? arguments[i + 1] : "";
        bool good = !value.empty();
        if (name == "--data")
            options.data = value;
        else if (name == "--accounts")
            good = read_number(value, 2U, options.plan.accounts);
        else if (name == "--clerks")
            good = read_number(value, 1U, options.plan.clerks);
        else if (name == "--transfers")
            good = read_number(value, std::uint64_t{1}, options.plan.transfers);
        else if (name == "--seed")
            good = read_number(value, std::uint64_t{0}, options.plan.seed);
        else if (name == "--acks")
            good = read_number(value, 0, options.acks);
        else
            return varve::Error{varve::Code::invalid_argument, "unknown option " + name + "; `bank --help` lists them"};
        if (!good)
            return varve::Error{varve::Code::invalid_argument,
                                name + " '" + value + "' does not do; see `bank --help`"};
    }
    return options;
}

}  // namespace
}  // namespace bank

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    if (std::ranges::any_of(arguments, [](const auto& word) { return word == "--help" || word == "-h"; })) {
        std::cout << bank::usage;
        return 0;
    }
    const auto options = bank::read_options(arguments);
    if (!options) {
        std::cerr << "bank: " << options.error().message << '\n';
        return 2;
    }
    const auto done = options->acks >= 0 ? bank::be_the_child(*options) : bank::play(*options);
    if (done) return 0;
    std::cerr << "bank: " << done.error().message << '\n';
    return 1;
}
