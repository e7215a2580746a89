#include "commands/theatre.hpp"

varve::Decision decide(const Announce& c, const Show&) {
    return varve::accept(Announced{c.show, c.seats});
}

varve::Decision decide(const Book& c, const Show& show) {
    if (c.seats > show.free) return varve::reject("show.sold_out");
    return varve::accept(Booked{c.show, c.guest, c.seats});
}

varve::Decision decide(const Move& c, const Show&, const Show& to) {
    if (c.seats > to.free) return varve::reject("show.sold_out");
    return varve::accept(varve::on<Show>(c.from, Released{c.from, c.guest, c.seats}),
                         varve::on<Show>(c.to, Booked{c.to, c.guest, c.seats}));
}

void wire(varve::App& theatre) {
    theatre.handle<Announce, Show>(&Announce::show, decide);
    theatre.handle<Book, Show>(&Book::show, decide);
    theatre.handle<Move, Show, Show>(&Move::from, &Move::to, decide);
}
