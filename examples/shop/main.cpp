// Four customers, prices that move, and a parcel that gets lost: docs/examples/shop.md walks through it.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>

#include "shared/money.hpp"
#include "shop/abandoned.hpp"
#include "shop/order.hpp"
#include "shop/shop.hpp"
#include "varve/testing_pass.hpp"

namespace {

using namespace shop;
using examples::money;
using varve::Result;
using Clock = std::shared_ptr<varve::testing::VirtualClock>;

std::string day_and_time(varve::Timestamp time) {
    return varve::to_string(time).substr(8, 2) + " May " + varve::to_string(time).substr(11, 5);
}

/// The shop's fortnight: time passes when it is told to, and whatever is due by then is done.
class Fortnight {
public:
    Fortnight(varve::App& app, Clock clock) : app_(app), clock_(std::move(clock)) {}

    template <class Command>
    Result<> wants(const std::string& what, const Command& command) {
        const auto receipt = app_.send(command);
        if (!receipt && receipt.error().reason.empty()) return receipt.error();
        if (!receipt) std::cout << "refused: " << what << ": " << receipt.error().reason << '\n';
        return pass(std::chrono::minutes(1));
    }
    Result<> pass(std::chrono::microseconds time) { return varve::testing::pass(app_, *clock_, time); }

private:
    varve::App& app_;
    Clock clock_;
};

Result<> fortnight(Fortnight& shop) {
    using std::chrono::days;
    const std::vector<std::function<Result<>()>> what{
        [&] { return shop.wants("a price", SetPrice{"lamp", 4'900}); },
        [&] { return shop.wants("a price", SetPrice{"chair", 8'000}); },
        [&] { return shop.wants("a price", SetPrice{"desk", 21'000}); },
        [&] { return shop.wants("ann puts in", Put{"c1", "ann", "lamp", 1, 4'900}); },
        [&] { return shop.wants("ann puts in", Put{"c1", "ann", "chair", 2, 8'000}); },
        [&] { return shop.wants("ann takes out", TakeOut{"c1", "chair"}); },
        [&] { return shop.wants("a lower price", SetPrice{"lamp", 4'400}); },
        [&] { return shop.wants("ann checks out", CheckOut{"c1", "o1"}); },
        [&] { return shop.wants("ann pays", Pay{"o1", 4'400}); },
        [&] { return shop.wants("bob puts in what an old page shows", Put{"c2", "bob", "lamp", 2, 4'900}); },
        [&] { return shop.wants("bob puts in", Put{"c2", "bob", "lamp", 2, 4'400}); },
        [&] { return shop.wants("a higher price", SetPrice{"lamp", 5'200}); },
        [&] { return shop.wants("bob checks out, unaware of the higher price", CheckOut{"c2", "o2"}); },
        [&] { return shop.wants("bob looks", Look{"c2"}); },
        [&] { return shop.wants("bob checks out", CheckOut{"c2", "o2"}); },
        [&] { return shop.wants("cyd puts in", Put{"c3", "cyd", "chair", 2, 8'000}); },
        [&] { return shop.wants("cyd puts in", Put{"c3", "cyd", "desk", 1, 21'000}); },
        [&] { return shop.wants("cyd takes out", TakeOut{"c3", "desk"}); },
        [&] { return shop.wants("dan puts in", Put{"c4", "dan", "desk", 1, 21'000}); },
        [&] { return shop.wants("dan checks out", CheckOut{"c4", "o3"}); },
        [&] { return shop.wants("dan pays", Pay{"o3", 21'000}); },
        [&] { return shop.pass(days(2)); },
        [&] { return shop.wants("the carrier delivers", Deliver{"o1"}); },
        [&] { return shop.pass(days(2)); },
        [&] { return shop.wants("bob pays on the fifth day", Pay{"o2", 10'400}); },
        [&] { return shop.pass(days(8)); },
        [&] { return shop.wants("the carrier delivers", Deliver{"o3"}); },
    };
    for (const auto& step : what) {
        if (auto done = step(); !done) return done;
    }
    return {};
}

Result<> show_orders(const varve::App& app) {
    for (const char* name : {"o1", "o2", "o3"}) {
        const auto order = app.load<Order>(name);
        if (!order) return order.error();
        std::cout << name << ", " << (*order)->customer << ": " << varve::reflect::enum_name((*order)->state) << ", "
                  << money((*order)->cents) << ", parcels " << (*order)->parcels << '\n';
    }
    return {};
}

std::string listed(const std::vector<std::string>& products) {
    std::string all;
    for (const std::string& product : products) all += (all.empty() ? "" : ", ") + product;
    return all.empty() ? "nothing" : all;
}

Result<> show_abandoned(const varve::App& app, varve::Timestamp moment) {
    const auto carts = app.replay<AbandonedCarts>();
    if (!carts) return carts.error();
    std::cout << "carts that nobody came back for\n";
    for (const LeftCart& left : carts->ask(LeftBefore{moment}).value()) {
        std::cout << "  " << left.cart << ", " << left.customer << ", since " << day_and_time(left.last_touch) << ": "
                  << listed(left.in) << " for " << money(left.cents) << "; taken out: " << listed(left.out)
                  << (left.reminded ? "; reminded" : "") << '\n';
    }
    std::cout << "taken out again, from any cart\n";
    for (const auto& [product, times] : carts->ask(SecondThoughts{}).value())
        std::cout << "  " << product << ' ' << times << '\n';
    return {};
}

/// Letters are rows, mails are what the server was given.
Result<> show_mails(varve::App& app, const MailServer& server) {
    const auto letters = app.ask(HowManyLetters{}, varve::after(app.store().head() - 1));
    if (!letters) return letters.error();
    if (auto sent = app.settle_effects(std::chrono::seconds(30)); !sent) return sent;
    std::cout << *letters << " letters written, " << server.mails() << " mails sent, of which " << server.repeated()
              << " twice, and known by their ids\n";
    for (const Letter& letter : app.ask(LettersTo{"dan"}).value())
        std::cout << "  " << day_and_time(letter.at) << "  dan: " << letter.text << '\n';
    return {};
}

/// The rows are lost, and made again from the log.
Result<> rebuild_mails(const varve::Store& store, const std::string& file, MailServer& server) {
    for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file + part);
    const std::size_t before = server.mails() + server.repeated();
    varve::App app{store};
    wire_mails(app, file, server);
    const auto letters = app.ask(HowManyLetters{}, varve::after(store.head() - 1));
    if (!letters) return letters.error();
    if (auto closed = app.close(); !closed) return closed;
    std::cout << "built anew: " << *letters << " letters written, " << server.mails() + server.repeated() - before
              << " mails sent\n";
    return {};
}

Result<> play(const std::string& folder) {
    const auto clock =
        std::make_shared<varve::testing::VirtualClock>(varve::parse_timestamp("2026-05-04 10:00").value());
    const std::string log = folder + "/log", file = folder + "/mails.db";
    MailServer server(3);
    {
        auto store = varve::open(log, {.clock = clock});
        if (!store) return std::move(store).error();
        varve::App app{*store, {.clock = clock, .background = false}};
        wire(app);
        wire_mails(app, file, server);
        Fortnight shop(app, clock);
        if (auto done = fortnight(shop); !done) return done;
        if (auto shown = show_orders(app); !shown) return shown;
        if (auto shown = show_mails(app, server); !shown) return shown;
        if (auto shown = show_abandoned(app, clock->now() - std::chrono::days(7)); !shown) return shown;
        if (auto closed = app.close(); !closed) return closed;
    }
    const auto store = varve::open(log);
    if (!store) return store.error();
    return rebuild_mails(*store, file, server);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/shop";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "shop: " << played.error().message << '\n';
    return 1;
}
