/// The program of some years ago: amounts were doubles, and a transfer was one event of the account that paid.
#pragma once

#include <string>

#include "varve/varve.hpp"

namespace then {

struct Deposited {
    std::string account;
    double euros = 0;
};
struct Transferred {
    std::string from, to;
    double euros = 0;
};

struct Account {
    using Events = varve::Events<Deposited, Transferred>;
    double euros = 0;
    void evolve(const Deposited& e) { euros += e.euros; }
    void evolve(const Transferred& e) { euros -= e.euros; }
};

struct Deposit {
    std::string account;
    double euros = 0;
};
struct Transfer {
    std::string from, to;
    double euros = 0;
};

/// Writes what it wrote.
void work(const varve::Store& store);

}  // namespace then
