#include "questions/catalogue.hpp"

varve::Decision decide(const List& c, const Product& product) {
    if (product.cents) return varve::reject("product.already_listed");
    return varve::accept(Listed{c.product, c.name, c.cents});
}
varve::Decision decide(const SetPrice& c, const Product& product) {
    if (!product.cents) return varve::reject("product.not_listed");
    if (product.cents == c.cents) return varve::accept();
    return varve::accept(PriceChanged{c.product, c.cents});
}

void wire(varve::App& shop) {
    shop.handle<List, Product>(&List::product, decide);
    shop.handle<SetPrice, Product>(&SetPrice::product, decide);
    shop.project<Catalogue>();
}
