// varve: a projection needs `Answer answer(const Query&) const` for every query that its Queries list names
#include <cstdint>
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};
struct Closed {
    std::string account;
};

struct Row {
    std::string account;
    bool open = false;
};
struct IsOpen {
    std::string account;
    using Answer = bool;
};
struct Accounts {
    using Events = varve::Events<Opened>;
    using Queries = varve::Queries<IsOpen>;
    varve::Table<Row> accounts;
    void on(const Opened& e) { accounts.put({e.account, true}); }
#if defined(REPAIRED)
    bool answer(const IsOpen& q) const { return accounts.contains(q.account); }
#endif
};

void wire(varve::App& bank) {
    bank.project<Accounts>();
}
