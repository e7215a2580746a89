#include "engine/query_check.hpp"

#include <variant>

namespace varve::engine {
namespace {

std::vector<HashedTerm> hashed(index::TermKind kind, const std::vector<std::string>& names) {
    std::vector<HashedTerm> terms;
    terms.reserve(names.size());
    for (const std::string& name : names) terms.emplace_back(index::Term{kind, name});
    return terms;
}

}  // namespace

QueryCheck::QueryCheck(const NoEventMatches& of, std::size_t place)
    : condition(&of), number(place), clean(of.after ? *of.after + 1 : Position{0}) {
    items.reserve(of.query.items.size());
    for (const Query::Item& item : of.query.items) {
        items.push_back(
            {.types = hashed(index::TermKind::type, item.types), .tags = hashed(index::TermKind::tag, item.tags)});
    }
}

std::vector<QueryCheck> query_checks(const Commit& commit) {
    std::vector<QueryCheck> checks;
    for (std::size_t number = 0; number < commit.conditions.size(); ++number) {
        const auto* condition = std::get_if<NoEventMatches>(&commit.conditions[number]);
        if (condition != nullptr) checks.emplace_back(*condition, number);
    }
    return checks;
}

}  // namespace varve::engine
