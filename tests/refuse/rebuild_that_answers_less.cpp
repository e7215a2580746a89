// varve: the projection that takes over must list every query of the old one in its Queries
#include <string>

#include "varve/app.hpp"

struct Opened {
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
    bool answer(const IsOpen& q) const { return accounts.contains(q.account); }
};
struct AccountsV2 {
    using Events = varve::Events<Opened>;
#if defined(REPAIRED)
    using Queries = varve::Queries<IsOpen>;
#endif
    varve::Table<Row> accounts;
    void on(const Opened& e) { accounts.put({e.account, true}); }
    bool answer(const IsOpen& q) const { return accounts.contains(q.account); }
};

auto rebuild(varve::App& app) {
    return app.rebuild<Accounts, AccountsV2>().ok();
}
