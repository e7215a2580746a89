// varve: this projection does not list the query in its Queries
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
#if defined(REPAIRED)
    using Queries = varve::Queries<IsOpen>;
#endif
    varve::Table<Row> accounts;
    void on(const Opened& e) { accounts.put({e.account, true}); }
    bool answer(const IsOpen& q) const { return accounts.contains(q.account); }
};

auto ask(const varve::Replayed<Accounts>& past) {
    return past.ask(IsOpen{"a1"}).ok();
}
