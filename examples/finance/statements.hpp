/// The books as people read them: statements of one account, and the trial balance of all.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "finance/ledger.hpp"

namespace finance {

struct Movement {
    std::string day, entry, text;
    std::int64_t cents = 0, balance = 0;  ///< what moved, and what is there afterwards
};

/// The movements of an account in the order of days, up to and with a day.
struct StatementOf {
    std::string account, until;
    using Answer = std::vector<Movement>;
};
/// What is on each account; all of it together is zero.
struct TrialBalance {
    using Answer = std::map<std::string, std::int64_t>;
};

struct Statements {
    using Events = varve::Events<AccountOpened, Posted>;
    using Queries = varve::Queries<StatementOf, TrialBalance>;

    /// By account, then by day; those of one day in the order in which they were recorded.
    std::map<std::string, std::multimap<std::string, Movement>> movements;
    std::map<std::string, std::int64_t> balances;

    void on(const AccountOpened& e) { balances.try_emplace(e.account, 0); }
    void on(const Posted& e);
    [[nodiscard]] std::vector<Movement> answer(const StatementOf& q) const;
    [[nodiscard]] std::map<std::string, std::int64_t> answer(const TrialBalance&) const { return balances; }
};

/// The ledger over this store, ready for commands and questions.
[[nodiscard]] varve::App ledger(const varve::Store& store);

}  // namespace finance
