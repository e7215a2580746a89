// Every way to ask: one answer, page by page, live, many who answer, in pieces. docs/queries.md explains them.
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "questions/catalogue.hpp"

int main() {
    varve::App shop{varve::open("memory:").value()};
    wire(shop);
    shop.answer<Search>("reviews", [](const Search& q) { return std::vector{"a " + q.text + " for life"}; });
    shop.answer<Search>("partners", [](const Search&) -> std::vector<std::string> {
        throw std::runtime_error("their server is down");
    });

    varve::Receipt written;
    for (const auto& [product, name] : {std::pair{"p1", "desk lamp"}, {"p2", "lava lamp"}, {"p3", "chair"}})
        written = shop.send(List{product, name, 4900}).value();

    const auto price = shop.ask(PriceOf{"p1"}, varve::after(written));
    std::cout << "one answer: " << **price << " as of position " << price.position() << '\n';

    std::string cursor;
    do {
        const auto page = shop.ask(Offers{{.cursor = cursor, .limit = 2}}).value();
        std::cout << "a page:";
        for (const Offer& row : page.rows) std::cout << ' ' << row.name << ';';
        std::cout << '\n';
        cursor = page.next;
    } while (!cursor.empty());

    std::string resume;
    {
        auto live = shop.watch(PriceOf{"p1"}).value();
        const auto* first = live.next().value();
        std::cout << "live: " << *first->answer;
        shop.send(SetPrice{"p2", 100}).value();  // another product: no news
        shop.send(SetPrice{"p1", 3900}).value();
        const auto* second = live.next().value();
        std::cout << ", then " << *second->answer << " as of position " << second->position << '\n';
        resume = second->resume;
    }  // the watcher is gone, and comes back
    shop.send(SetPrice{"p1", 2900}).value();
    auto live = shop.watch(PriceOf{"p1"}, {.resume = resume}).value();
    std::cout << "live again: " << *live.next().value()->answer << '\n';

    const auto found = shop.gather(Search{"lamp"}, {.limit = std::chrono::seconds(10)}).value();
    for (const auto& part : found.parts) {
        std::cout << "found by " << part.from << ':';
        for (const std::string& hit : part.answer) std::cout << ' ' << hit << ';';
        std::cout << '\n';
    }
    for (const auto& absent : found.missing) std::cout << "missing: " << absent.error.message << '\n';

    const auto end =
        shop.stream(Export{}, [](const Offer& row) { std::cout << row.product << ',' << row.cents << '\n'; });
    std::cout << end.value() << " rows as of position " << end.position() << '\n';
}
