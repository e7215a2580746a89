// A public library: the program of docs/guide.md, from its first fact to its questions about the past.
#include <filesystem>
#include <iostream>
#include <memory>

#include "guide/desk.hpp"
#include "guide/lending.hpp"
#include "varve/testing_pass.hpp"

namespace {

using namespace guide;

void wire(varve::App& library, const std::string& folder) {
    library.handle<AddBook, Book>(&AddBook::book, decide);
    library.handle<Join, Member>(&Join::member, decide);
    library.handle<Lend, Book, Member>(&Lend::book, &Lend::member, decide);
    library.handle<TakeBack, Book, Member>(&TakeBack::book, &TakeBack::member, decide);
    library.handle<Remind, Book>(&Remind::book, decide);
    library.project<Loans>(varve::sqlite(folder + "/loans.db"));
    library.run<Reminders>();
}

template <class C>
void show(varve::App& library, const C& command, const char* what) {
    const auto receipt = library.send(command);
    std::cout << what << ": " << (receipt ? "done" : receipt.error().reason) << '\n';
}

void a_day_at_the_desk(varve::App& library) {
    show(library, AddBook{"b1", "Middlemarch"}, "add Middlemarch");
    show(library, AddBook{"b2", "Emma"}, "add Emma");
    show(library, AddBook{"b3", "Persuasion"}, "add Persuasion");
    show(library, Join{"ann", "Ann"}, "Ann joins");
    show(library, Join{"bob", "Bob"}, "Bob joins");
    show(library, Lend{"b1", "ann"}, "Ann borrows Middlemarch");
    show(library, Lend{"b1", "bob"}, "Bob wants it, too");
    show(library, Lend{"b2", "ann"}, "Ann borrows Emma");
    show(library, Lend{"b3", "ann"}, "Ann wants a third one");
}

void five_weeks_later(varve::App& library, varve::testing::VirtualClock& clock) {
    const varve::Timestamp then = clock.now();
    varve::testing::pass(library, clock, std::chrono::days(35)).value();
    std::cout << "five weeks later Ann has had " << library.load<Book>("b1").value()->reminders << " reminders\n";

    const auto back = library.send(TakeBack{"b1", "ann"});
    const auto loans = library.ask(LoansOf{"ann"}, varve::after(back)).value();
    std::cout << "she brings one back and has " << loans.size() << " book: " << loans.front().book << '\n';

    const auto was = library.replay<Loans>(varve::as_of(then)).value();
    std::cout << "five weeks ago she had " << was.ask(LoansOf{"ann"}).value().size() << '\n';
    for (const varve::StateChange& step : library.diff<Book>("b1").value()) std::cout << "  " << step << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/guide";
    std::filesystem::remove_all(folder);  // each time from the beginning
    std::filesystem::create_directories(folder);

    const auto clock = std::make_shared<varve::testing::VirtualClock>();
    varve::App library{varve::open(folder + "/store", {.clock = clock}).value(), {.clock = clock}};
    wire(library, folder);
    a_day_at_the_desk(library);
    five_weeks_later(library, *clock);
}
