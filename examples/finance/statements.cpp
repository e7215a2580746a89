#include "finance/statements.hpp"

namespace finance {

void Statements::on(const Posted& e) {
    for (const Line& line : e.lines) {
        movements[line.account].emplace(e.day, Movement{e.day, e.entry, e.text, line.cents, 0});
        balances[line.account] += line.cents;
    }
}

std::vector<Movement> Statements::answer(const StatementOf& q) const {
    std::vector<Movement> statement;
    const auto of_account = movements.find(q.account);
    if (of_account == movements.end()) return statement;
    std::int64_t balance = 0;
    for (const auto& [day, movement] : of_account->second) {
        if (day > q.until) break;
        balance += movement.cents;
        statement.push_back(movement);
        statement.back().balance = balance;
    }
    return statement;
}

varve::App ledger(const varve::Store& store) {
    varve::App app{store};
    const auto chart = [](const auto&) { return std::string(Chart::key); };
    app.handle<OpenAccount, Chart>(chart, decide);
    app.handle<ClosePeriod, Chart>(chart, decide);
    app.handle<Post, Entry, Chart>(&Post::entry, chart, decide);
    app.handle<Reverse, Entry, Entry, Chart>(&Reverse::entry, &Reverse::by, chart, decide);
    app.project<Statements>();
    return app;
}

}  // namespace finance
