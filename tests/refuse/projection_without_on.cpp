// varve: a projection needs `void on(const Event&)` for every event that its Events list names
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
    using Events = varve::Events<Opened, Closed>;
    varve::Table<Row> accounts;
    void on(const Opened& e) { accounts.put({e.account, true}); }
#if defined(REPAIRED)
    void on(const Closed& e) { accounts.erase(e.account); }
#endif
};

void wire(varve::App& bank) {
    bank.project<Accounts>();
}
