/// Seats of a theatre: shows that sell out, and guests who move to another evening.
#pragma once

#include <string>
#include <vector>

#include "varve/app.hpp"

struct Announced {
    std::string show;
    int seats = 0;
};
struct Booked {
    std::string show, guest;
    int seats = 0;
};
struct Released {
    std::string show, guest;
    int seats = 0;
};

struct Show {
    using Events = varve::Events<Announced, Booked, Released>;
    int free = 0;
    std::vector<std::string> guests;  ///< in the order of their booking
    void evolve(const Announced& e) { free = e.seats; }
    void evolve(const Booked& e) {
        free -= e.seats;
        guests.push_back(e.guest);
    }
    void evolve(const Released& e) { free += e.seats; }
};

struct Announce {
    std::string show;
    int seats = 0;
};
struct Book {
    std::string show, guest;
    int seats = 0;
};
/// To another evening: both shows or none.
struct Move {
    std::string from, to, guest;
    int seats = 0;
};

varve::Decision decide(const Announce& c, const Show& show);
varve::Decision decide(const Book& c, const Show& show);
varve::Decision decide(const Move& c, const Show& from, const Show& to);

void wire(varve::App& theatre);
