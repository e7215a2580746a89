/// The domain of docs/guide.md: a public library that lends books. Events, states, commands; decisions are in lending.cpp.
#pragma once

#include <cstddef>
#include <string>

#include "varve/varve.hpp"

namespace guide {

struct BookAdded    { std::string book, title; };               // facts about a book
struct BookLent     { std::string book, member; };
struct BookReturned { std::string book, member; };
struct Reminded     { std::string book, member; };

struct Joined       { std::string member, name; };              // facts about a member
struct Borrowed     { std::string member, book; };
struct BroughtBack  { std::string member, book; };

struct Book {
    using Events = varve::Events<BookAdded, BookLent, BookReturned, Reminded>;
    std::string title;
    std::string lent_to;  // nobody: empty
    int reminders = 0;
    void evolve(const BookAdded& e)    { title = e.title; }
    void evolve(const BookLent& e)     { lent_to = e.member; }
    void evolve(const BookReturned&)   { lent_to.clear(); reminders = 0; }
    void evolve(const Reminded&)       { ++reminders; }
};

struct Member {
    using Events = varve::Events<Joined, Borrowed, BroughtBack>;
    std::string name;
    int books = 0;
    void evolve(const Joined& e)    { name = e.name; }
    void evolve(const Borrowed&)    { ++books; }
    void evolve(const BroughtBack&) { --books; }
};

struct AddBook    { std::string book, title; };                 // what people want
struct Join       { std::string member, name; };
struct Lend       { std::string book, member; };
struct TakeBack   { std::string book, member; };
struct Remind     { std::string book, member; };

inline constexpr int books_at_once = 2;

varve::Decision decide(const AddBook& c, const Book& book);
varve::Decision decide(const Join& c, const Member& member);
varve::Decision decide(const Lend& c, const Book& book, const Member& member);
varve::Decision decide(const TakeBack& c, const Book& book, const Member& member);
varve::Decision decide(const Remind& c, const Book& book);

}  // namespace guide
