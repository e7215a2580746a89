// One log, two programs: what the old one has written is read as what it is today.
#include <iostream>

#include "evolution/now.hpp"
#include "varve/cbor.hpp"

namespace {

void print_log(const varve::Store& store) {
    auto events = store.read({}).value();
    while (const varve::Event* event = events.next()) {
        const bool cbor = event->content_type == varve::cbor_content;
        std::cout << "  " << event->position << "  " << event->type << "  "
                  << (cbor ? varve::cbor_to_json(event->data).value() : std::string(event->data));
        if (cbor) std::cout << "  (" << event->data.size() << " bytes of CBOR)";
        std::cout << '\n';
    }
}

}  // namespace

int main() {
    varve::Store store = varve::open("memory:").value();
    then::work(store);
    std::cout << "what the old program wrote\n";
    print_log(store);

    varve::App bank{store};
    now::wire(bank);
    const auto receipt = bank.send(now::Deposit{"bob", 995});
    std::cout << "\nwhat the new one makes of it\n";
    for (const char* account : {"ann", "bob"}) {
        const auto balance = bank.ask(now::BalanceOf{account}, varve::after(receipt));
        std::cout << "  " << account << " has " << balance.value()->cents << " cents\n";
    }
    for (const varve::StateChange& step : bank.diff<now::Account>("ann").value()) std::cout << "  " << step << '\n';

    std::cout << "\nthe log has only grown\n";
    print_log(store);

    store.append({.events = {{.stream = "account-bob", .type = "Deposited.v3", .data = "{}"}}}).value();
    std::cout << "\nand what a program from the future wrote is not passed over\n  "
              << bank.send(now::Deposit{"bob", 5}).error().message << '\n';
}
