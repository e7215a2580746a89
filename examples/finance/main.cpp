// A quarter of bookkeeping in which January changes in February: docs/examples/finance.md walks through it.
#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>

#include "finance/statements.hpp"
#include "shared/money.hpp"
#include "varve/testing_clock.hpp"

namespace {

using examples::money;
using varve::Result;

varve::Timestamp evening_of(const std::string& day) {
    return varve::parse_timestamp(day + " 18:00").value();
}

void show(const std::string& heading, const std::vector<finance::Movement>& statement) {
    std::cout << heading << '\n';
    for (const auto& line : statement) {
        std::cout << "  " << line.day << "  " << line.entry << std::setw(10) << money(line.cents) << std::setw(10)
                  << money(line.balance) << "  " << line.text << '\n';
    }
}

/// The bookkeeper at the desk: what is said is done on some day, and printed when it is refused.
class Desk {
public:
    Desk(varve::App& app, std::shared_ptr<varve::testing::VirtualClock> clock) : app_(app), clock_(std::move(clock)) {}

    void today_is(const std::string& day) { clock_->set(varve::parse_timestamp(day + " 09:00").value()); }
    template <class Command>
    void wants(const std::string& what, const Command& command) {
        last_ = app_.send(command);
        if (!last_.ok()) std::cout << "refused: " << what << ": " << last_.error().reason << '\n';
    }
    /// Of the last command; asked right after one that was accepted.
    [[nodiscard]] const Result<varve::Receipt>& receipt() const { return last_; }

private:
    varve::App& app_;
    std::shared_ptr<varve::testing::VirtualClock> clock_;
    Result<varve::Receipt> last_ = varve::Receipt{};
};

void keep_the_books(Desk& desk) {
    using namespace finance;
    desk.today_is("2026-01-05");
    for (const char* account : {"bank", "capital", "customers", "energy", "rent", "sales"}) {
        desk.wants("an account", OpenAccount{account});
    }
    desk.wants("capital", Post{"e1", "2026-01-05", "paid in", {{"bank", 1'000'000}, {"capital", -1'000'000}}});
    desk.today_is("2026-01-12");
    desk.wants("a sale", Post{"e2", "2026-01-12", "bill 1", {{"customers", 120'000}, {"sales", -120'000}}});
    desk.wants("a slip of the pen", Post{"e3", "2026-01-28", "rent", {{"rent", 70'000}, {"bank", -7'000}}});
    desk.wants("an account that is not", Post{"e3", "2026-01-28", "rent", {{"rant", 70'000}, {"bank", -70'000}}});
    desk.today_is("2026-01-28");
    desk.wants("the rent", Post{"e3", "2026-01-28", "rent", {{"rent", 70'000}, {"bank", -70'000}}});
    desk.today_is("2026-02-03");
    desk.wants("a bill that comes late",
               Post{"e4", "2026-01-31", "power, January", {{"energy", 9'000}, {"bank", -9'000}}});
    desk.today_is("2026-02-10");
    desk.wants("a correction", Reverse{"e2", "e5", "2026-01-12"});
    desk.wants("the same once more", Reverse{"e2", "e6", "2026-01-12"});
    desk.wants("the right bill", Post{"e6", "2026-01-12", "bill 1", {{"customers", 102'000}, {"sales", -102'000}}});
    desk.today_is("2026-02-15");
    desk.wants("the end of January", ClosePeriod{"2026-01-31"});
    desk.wants("something in January", Post{"e7", "2026-01-30", "gift", {{"rent", -100}, {"bank", 100}}});
    desk.today_is("2026-02-20");
    desk.wants("a payment", Post{"e7", "2026-02-20", "bill 1", {{"bank", 102'000}, {"customers", -102'000}}});
}

/// The trial balance at every place that the log has ever had.
Result<> prove_balance(const varve::App& app) {
    std::uint64_t places = 0, zero = 0;
    for (varve::Position at; at < app.store().head(); ++at, ++places) {
        const auto books = app.replay<finance::Statements>(varve::as_of(at));
        if (!books) return books.error();
        std::int64_t sum = 0;
        for (const auto& [account, cents] : books->ask(finance::TrialBalance{}).value()) sum += cents;
        if (sum == 0) ++zero;
    }
    std::cout << "the trial balance was zero at " << zero << " of " << places << " places in the log\n";
    return {};
}

Result<> play(const std::string& folder) {
    using namespace finance;
    const auto clock = std::make_shared<varve::testing::VirtualClock>(varve::parse_timestamp("2026-01-01").value());
    auto store = varve::open(folder, {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App app = ledger(*store);
    Desk desk(app, clock);
    keep_the_books(desk);

    const auto statement = app.ask(StatementOf{"customers", "2026-12-31"}, varve::after(desk.receipt()));
    if (!statement) return statement.error();
    show("customers", *statement);
    const StatementOf january{"bank", "2026-01-31"};
    const auto believed = app.replay<Statements>(varve::as_of(evening_of("2026-01-31")));
    if (!believed) return believed.error();
    show("bank in January, as it was known on 31 January", believed->ask(january).value());
    show("bank in January, as it is known now", app.ask(january).value());

    std::cout << "trial balance\n";
    for (const auto& [account, cents] : app.ask(TrialBalance{}).value()) {
        std::cout << "  " << std::left << std::setw(10) << account << std::right << std::setw(10) << money(cents)
                  << '\n';
    }
    if (auto proved = prove_balance(app); !proved) return proved;
    return app.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/finance";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "finance: " << played.error().message << '\n';
    return 1;
}
