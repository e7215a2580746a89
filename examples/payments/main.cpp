// Five payments and a gateway that has a bad week: docs/examples/payments.md walks through it.
#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <set>

#include "payments/books.hpp"
#include "payments/courier.hpp"
#include "shared/money.hpp"
#include "varve/testing_clock.hpp"

namespace {

using namespace payments;
using examples::money;
using varve::Result;
using Clock = std::shared_ptr<varve::testing::VirtualClock>;

/// What goes wrong, by call, attempt after attempt.
const std::map<std::string, std::vector<Fault>> bad_week{
    {"p2/authorise", {Fault::lost_back}},
    {"p2/capture", {Fault::answered_twice}},
    {"p3/capture", {Fault::lost_there, Fault::captured_twice}},
    {"p3/twice/capture-8", {Fault::lost_back, Fault::lost_there}},
};

Fault by_script(const Request& request, unsigned attempt) {
    const auto faults = bad_week.find(request.key);
    return faults == bad_week.end() || attempt > faults->second.size() ? Fault::none : faults->second[attempt - 1];
}

std::string time_of_day(varve::Timestamp time) {
    return varve::to_string(time).substr(11, 8);
}

/// The shop's day: time passes when it is told to, and whatever is due by then is done.
class Shop {
public:
    Shop(varve::App& app, Gateway& gateway, Clock clock)
        : app_(app), gateway_(gateway), courier_(gateway, app.store().head()), clock_(std::move(clock)) {}

    template <class Command>
    Result<> wants(const Command& command, const std::string& click = {}) {
        const auto receipt = app_.send(command, {.command_id = click});
        if (!receipt && receipt.error().reason.empty()) return receipt.error();
        if (!receipt) {
            std::cout << "refused: " << receipt.error().reason << '\n';
        } else if (receipt->repeated) {
            std::cout << "clicked twice: " << click << " is at position " << receipt->first << " already\n";
        }
        return pass({});
    }
    Result<> pass(std::chrono::seconds time) {
        const varve::Timestamp end = clock_->now() + time;
        for (;;) {
            if (auto done = all_that_is_due(); !done) return done;
            if (clock_->now() >= end) return {};
            varve::Timestamp next = end;
            for (const varve::ProcessStatus& status : app_.processes())
                next = std::min(next, status.next_due.value_or(end));
            clock_->set(std::min(next, gateway_.next_notice().value_or(end)));
        }
    }

private:
    Result<> all_that_is_due() {
        for (;;) {
            if (auto settled = app_.settle(); !settled) return settled;
            const auto carried = courier_.carry(app_);
            if (!carried) return carried.error();
            if (*carried == 0) return {};
        }
    }

    varve::App& app_;
    Gateway& gateway_;
    Courier courier_;
    Clock clock_;
};

Result<> week(Shop& shop) {
    using std::chrono::minutes;
    const std::vector<std::function<Result<>()>> what{
        [&] { return shop.wants(Pay{"p1", 4'999}, "click-1"); },
        [&] { return shop.wants(Pay{"p1", 4'999}, "click-1"); },
        [&] { return shop.wants(Pay{"p2", 12'000}, "click-2"); },
        [&] { return shop.wants(Capture{"p2"}); },  // its authorisation is an open outcome
        [&] { return shop.pass(minutes(5)); },
        [&] { return shop.wants(Capture{"p1"}); },
        [&] { return shop.wants(Capture{"p2"}); },
        [&] { return shop.wants(Pay{"p3", 8'950}, "click-3"); },
        [&] { return shop.wants(Capture{"p3"}); },
        [&] { return shop.wants(Pay{"p4", 2'500}, "click-4"); },
        [&] { return shop.wants(Pay{"p5", 150'000}, "click-5"); },
        [&] { return shop.pass(minutes(60)); },
        [&] { return shop.wants(Refund{"p1", "scratched", 1'500}); },
        [&] { return shop.wants(Refund{"p1", "scratched", 1'500}); },
        [&] { return shop.wants(Refund{"p1", "all of it", 4'999}); },
        [&] { return shop.pass(authorisation_lasts); },
        [&] { return shop.wants(Capture{"p4"}); },
    };
    for (const auto& step : what) {
        if (auto done = step(); !done) return done;
    }
    return {};
}

/// What we believed after each step, and what the gateway had by then.
Result<> tell(const varve::App& app, const Gateway& gateway, const std::string& payment) {
    const auto stories = app.replay<Stories>();
    if (!stories) return stories.error();
    std::cout << payment << ", step by step: what we knew to hold, and what the gateway had taken\n";
    for (const Line& line : stories->ask(StoryOf{payment}).value()) {
        std::int64_t theirs = 0;
        for (const Movement& movement : gateway.ledger(line.at)) {
            if (movement.payment == payment) theirs += movement.cents;
        }
        std::cout << "  " << time_of_day(line.at) << std::setw(9) << money(line.balance) << std::setw(9)
                  << money(theirs) << "  " << line.text << '\n';
    }
    return {};
}

/// Both books at every moment at which something moved in one of them.
Result<> reconcile(const varve::App& app, const Gateway& gateway) {
    const auto known = app.ask(AllMovements{}, varve::after(app.store().head() - 1));
    if (!known) return known.error();
    std::map<std::string, varve::Timestamp> known_at;
    std::set<varve::Timestamp> moments;
    for (const Movement& line : *known) moments.insert(known_at[line.reference] = line.at);
    for (const Movement& line : gateway.ledger(varve::Timestamp::max())) moments.insert(line.at);

    std::cout << "the two books, ours and the gateway's\n";
    Comparison books;
    for (const varve::Timestamp at : moments) {
        auto compared = compare(app, gateway, at);
        if (!compared) return std::move(compared).error();
        books = std::move(*compared);
        std::cout << "  " << time_of_day(at) << std::setw(9) << money(books.ours) << std::setw(9)
                  << money(books.theirs);
        for (const Movement& line : books.not_yet_ours) {
            std::cout << "  " << line.reference << ", " << money(line.cents) << ", known to us "
                      << std::chrono::floor<std::chrono::seconds>(known_at[line.reference] - line.at).count()
                      << " s later";
        }
        std::cout << '\n';
        if (!books.never_theirs.empty()) {
            return varve::Error{varve::Code::data_loss, "the gateway has no " + books.never_theirs.front().reference};
        }
    }
    std::cout << "at last: " << (books.equal() ? "the same, cent by cent" : "not the same") << '\n';
    return {};
}

Result<> play(const std::string& folder) {
    const auto start = varve::parse_timestamp("2026-03-02 09:00").value();
    const auto clock = std::make_shared<varve::testing::VirtualClock>(start);
    auto store = varve::open(folder, {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App app{*store, {.clock = clock, .background = false}};
    wire(app);
    Gateway gateway([&clock] { return clock->now(); },
                    [&clock](const Request& request, unsigned attempt) {
                        clock->advance(std::chrono::seconds(1));  // so long the way there takes
                        return by_script(request, attempt);
                    });
    Shop shop(app, gateway, clock);

    if (auto done = week(shop); !done) return done;
    for (const char* payment : {"p1", "p2", "p3", "p4", "p5"}) {
        const auto found = app.load<Payment>(payment);
        if (!found) return found.error();
        std::cout << payment << ": " << varve::reflect::enum_name((*found)->state) << ", we hold "
                  << money((*found)->balance) << '\n';
    }
    if (auto told = tell(app, gateway, "p3"); !told) return told;
    if (auto compared = reconcile(app, gateway); !compared) return compared;
    return app.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/payments";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "payments: " << played.error().message << '\n';
    return 1;
}
