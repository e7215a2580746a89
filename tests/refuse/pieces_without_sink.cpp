// varve: a projection needs `void answer(const Query&, const varve::Sink<Piece>&) const` for every query with Pieces that its Queries list names
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};
struct AllAccounts {
    using Pieces = std::string;
};
struct Accounts {
    using Events = varve::Events<Opened>;
    using Queries = varve::Queries<AllAccounts>;
    void on(const Opened&) {}
#if defined(REPAIRED)
    void answer(const AllAccounts&, const varve::Sink<std::string>& out) const { out("a1"); }
#else
    std::string answer(const AllAccounts&) const { return "a1"; }
#endif
};

void start(varve::App& bank) {
    bank.project<Accounts>();
}
