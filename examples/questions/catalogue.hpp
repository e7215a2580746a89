/// A catalogue of products, and every kind of question about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <varve/varve.hpp>

struct Listed {
    std::string product, name;
    std::int64_t cents = 0;
};
struct PriceChanged {
    std::string product;
    std::int64_t cents = 0;
};

struct Product {
    using Events = varve::Events<Listed, PriceChanged>;
    std::optional<std::int64_t> cents;
    void evolve(const Listed& e) { cents = e.cents; }
    void evolve(const PriceChanged& e) { cents = e.cents; }
};

struct List {
    std::string product, name;
    std::int64_t cents = 0;
};
struct SetPrice {
    std::string product;
    std::int64_t cents = 0;
};

varve::Decision decide(const List& command, const Product& product);
varve::Decision decide(const SetPrice& command, const Product& product);

struct Offer {
    std::string product, name;
    std::int64_t cents = 0;
};

struct PriceOf {
    std::string product;
    using Answer = std::optional<std::int64_t>;
};
struct Offers {
    varve::PageRequest page;
    using Answer = varve::Page<Offer>;
};
struct Search {
    std::string text;
    using Answers = std::vector<std::string>;
};
struct Export {
    using Pieces = Offer;
};

struct Catalogue {
    using Events = varve::Events<Listed, PriceChanged>;
    using Queries = varve::Queries<PriceOf, Offers, Search, Export>;
    varve::Table<Offer> offers;

    void on(const Listed& e) { offers.put({e.product, e.name, e.cents}); }
    void on(const PriceChanged& e) {
        offers.update(e.product, [&](Offer& row) { row.cents = e.cents; });
    }

    std::optional<std::int64_t> answer(const PriceOf& q) const {
        const auto row = offers.get(q.product);
        return row ? std::optional(row->cents) : std::nullopt;
    }
    varve::Page<Offer> answer(const Offers& q) const { return offers.page(q.page); }
    std::vector<std::string> answer(const Search& q) const {
        std::vector<std::string> found;
        offers.for_each([&](const Offer& row) {
            if (row.name.find(q.text) != std::string::npos) found.push_back(row.name);
        });
        return found;
    }
    void answer(const Export&, const varve::Sink<Offer>& out) const {
        offers.for_each([&](const Offer& row) { return out(row); });
    }
};

/// Commands and the read model.
void wire(varve::App& shop);
