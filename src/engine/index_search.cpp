#include "engine/index_search.hpp"

#include "engine/postings.hpp"

namespace varve::engine {
namespace {

Result<> search(Catalog& catalog, QueryCheck& check) {
    const Position floor = catalog.terms().floor();
    if (check.found || check.clean >= floor) return {};
    for (const TermTable::Known& known : catalog.terms().lacking(check)) {
        if (auto learned = catalog.learn_last(known); !learned) return learned;
    }
    if (catalog.terms().can_decide(check)) return {};
    const auto postings =
        postings_of(catalog, check.condition->query, {.range = {check.clean.value, floor.value}, .exact = true});
    const auto first = postings->seek(check.clean);
    if (!first) return first.error();
    check.found = *first;
    if (!check.found) check.clean = floor;
    return {};
}

}  // namespace

Result<> search_index(Catalog& catalog, std::span<QueryCheck> checks) {
    for (QueryCheck& check : checks) {
        if (auto searched = search(catalog, check); !searched) return searched;
    }
    return {};
}

}  // namespace varve::engine
