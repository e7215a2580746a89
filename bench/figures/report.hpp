/// What people see: a table, case by case as they end, and a verdict; and what programs read: JSON lines.
#pragma once

#include <cstdio>
#include <string>

#include "cases/workload.hpp"
#include "figures/figures.hpp"

namespace varve::bench {

/// One line on the terminal that says what runs now; nothing when standard error is no terminal.
class Progress {
public:
    Progress();
    void show(const Case& which, std::string_view subject, unsigned round, unsigned rounds);
    void clear();

private:
    bool terminal_;
};

class Report {
public:
    void heading(bool quick, unsigned rounds, double probe) const;
    /// Prints one case; remembers its goals and failures for the verdict.
    void add(CaseResult result);
    /// Prints which floors and goals hold. True when no floor is missed and nothing failed.
    [[nodiscard]] bool verdict() const;

private:
    void print_goals(const CaseResult& result);

    std::vector<CaseResult> results_;
    unsigned floors_ = 0, floors_met_ = 0, goals_ = 0, goals_met_ = 0;
    std::vector<std::string> missed_, failures_;
};

/// One JSON object without a line break: the case, the subject, every round, median, spread and ratios.
[[nodiscard]] std::string to_json(const CaseResult& result, const Row& row);

}  // namespace varve::bench
