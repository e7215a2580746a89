#include "guide/lending.hpp"

namespace guide {

varve::Decision decide(const AddBook& c, const Book& book) {
    if (!book.title.empty()) return varve::reject("book.known");
    return varve::accept(BookAdded{c.book, c.title});
}

varve::Decision decide(const Join& c, const Member& member) {
    if (!member.name.empty()) return varve::reject("member.known");
    return varve::accept(Joined{c.member, c.name});
}

varve::Decision decide(const Lend& c, const Book& book, const Member& member) {
    if (book.title.empty())            return varve::reject("book.unknown");
    if (member.name.empty())           return varve::reject("member.unknown");
    if (!book.lent_to.empty())         return varve::reject("book.lent");
    if (member.books >= books_at_once) return varve::reject("member.has_enough");
    return varve::accept(varve::on<Book>(c.book, BookLent{c.book, c.member}),
                         varve::on<Member>(c.member, Borrowed{c.member, c.book}));
}

varve::Decision decide(const TakeBack& c, const Book& book, const Member&) {
    if (book.lent_to != c.member) return varve::reject("book.not_theirs");
    return varve::accept(varve::on<Book>(c.book, BookReturned{c.book, c.member}),
                         varve::on<Member>(c.member, BroughtBack{c.member, c.book}));
}

varve::Decision decide(const Remind& c, const Book& book) {
    if (book.lent_to != c.member) return varve::reject("book.not_theirs");
    return varve::accept(Reminded{c.book, c.member});
}

}  // namespace guide
