// Every way to send a command: at once, twice, over two entities, without waiting; what stands around it, and what it
// answers. docs/commands.md explains them.
#include <chrono>
#include <future>
#include <iostream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "commands/theatre.hpp"

namespace {

void show(const std::string& what, const varve::Result<varve::Receipt>& answer) {
    std::cout << what << ": ";
    if (!answer.ok()) {
        const auto& error = answer.error();
        std::cout << varve::to_string(error.code) << (error.reason.empty() ? "" : ", ") << error.reason << '\n';
    } else {
        std::cout << (answer->repeated ? "repeated, " : "") << "position " << answer->first << '\n';
    }
}

void put_around(varve::App& theatre) {
    theatre.use([](varve::CommandContext& context, const varve::Next& next) -> varve::Result<varve::Receipt> {
        const auto user = context.options().metadata.find("user");
        if (user != context.options().metadata.end() && user->second == "intruder")
            return varve::Error{.code = varve::Code::permission_denied, .message = "the box office is closed to you"};
        return next();
    });
    theatre.use<Book>(
        [](varve::CommandContext&, const Book& book, const varve::Next& next) -> varve::Result<varve::Receipt> {
            if (book.seats < 1)
                return varve::Error{.code = varve::Code::invalid_argument, .message = "book a seat, or more"};
            return next();
        });
}

void send_one_by_one(varve::App& theatre) {
    show("booked", theatre.send(Book{"friday", "Ann", 2}));
    show("too many", theatre.send(Book{"friday", "Bob", 200}));
    show("none", theatre.send(Book{"friday", "Bob", 0}));
    show("by an intruder", theatre.send(Book{"friday", "Eve", 1}, {.metadata = {{"user", "intruder"}}}));
    show("moved", theatre.send(Move{"friday", "saturday", "Ann", 2}));
    show("too late", theatre.send(Book{"friday", "Bob", 1}, {.deadline = std::chrono::steady_clock::now()}));

    const varve::CommandOptions request{.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                        .command_id = "request-7"};
    show("with an id", theatre.send(Book{"friday", "Cid", 3}, request));
    show("again", theatre.send(Book{"friday", "Cid", 3}, request));
    const auto other = theatre.send(Book{"friday", "Cid", 4}, request);
    show("another one", other);
    std::cout << "  " << other.error().message << '\n';
}

/// Two thousand bookings for a few shows, none of which waits for the disk alone.
void send_without_waiting(varve::App& theatre) {
    std::vector<std::future<varve::Result<varve::Receipt>>> answers;
    for (int guest = 0; guest < 2000; ++guest) {
        const std::string evening = "evening " + std::to_string(guest % 20);
        if (guest < 20) answers.push_back(theatre.send_async(Announce{evening, 80}));
        answers.push_back(theatre.send_async(Book{evening, std::to_string(guest), 1}));
    }
    int booked = 0, sold_out = 0;
    for (auto& answer : answers) {
        const auto outcome = answer.get();
        booked += outcome.ok() ? 1 : 0;
        sold_out += !outcome.ok() && outcome.error().reason == "show.sold_out" ? 1 : 0;
    }
    const auto guests = theatre.load<Show>("evening 3").value()->guests;
    std::cout << "without waiting: " << booked << " done, " << sold_out << " sold out; evening 3 has " << guests.size()
              << " guests, the first " << guests.front() << ", the last " << guests.back() << '\n';

    std::stop_source stop;
    std::promise<varve::Result<varve::Receipt>> told;
    stop.request_stop();
    theatre.send_async(Book{"friday", "Dan", 1},
                       [&](varve::Result<varve::Receipt> answer) { told.set_value(std::move(answer)); },
                       {.cancel = stop.get_token()});
    show("cancelled", told.get_future().get());
}

void show_status(const varve::App& theatre) {
    for (const varve::CommandStatus& each : theatre.commands()) {
        std::cout << each.command << ": " << each.sent << " sent, " << each.accepted << " accepted, " << each.repeated
                  << " repeated, " << each.rejected << " rejected, " << each.failed << " failed, " << each.conflicts
                  << " conflicts, " << each.in_flight << " at work\n";
        for (const auto& [reason, times] : each.reasons) std::cout << "  " << reason << ' ' << times << '\n';
    }
}

}  // namespace

int main() {
    varve::App theatre{varve::open("memory:").value()};
    wire(theatre);
    put_around(theatre);
    show("announced", theatre.send(Announce{"friday", 100}));
    show("announced", theatre.send(Announce{"saturday", 100}));
    send_one_by_one(theatre);
    send_without_waiting(theatre);
    show_status(theatre);
    theatre.close().value();
    show("closed", theatre.send(Book{"friday", "Fay", 1}));
}
