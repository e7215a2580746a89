#include <iostream>
#include <varve/store.hpp>

int main() {
    varve::Store store = varve::open("memory:").value();
    const varve::Receipt receipt =
        store.append(varve::Commit{}.append("account-a1", varve::Expected::none(),
                                            {{.stream = "", .type = "Opened", .data = R"({"owner":"Ada"})"},
                                             {.stream = "", .type = "Deposited", .data = R"({"cents":900})"}}))
            .value();
    std::cout << "position " << receipt.last << '\n';

    varve::Cursor cursor = store.read({.source = varve::Stream{"account-a1"}}).value();
    while (const varve::Event* event = cursor.next()) {
        std::cout << event->revision << ' ' << event->type << ' ' << event->data << '\n';
    }
    cursor.status().value();
}
