#include "model/query_model.hpp"

#include <algorithm>

namespace varve::proof {

bool QueryModel::matches(const Query& query, const Fact& fact) const {
    const auto has_tag = [&](const std::string& tag) { return std::ranges::count(fact.tags, tag) > 0; };
    const auto fits = [&](const Query::Item& item) {
        const bool by_type = item.types.empty() || std::ranges::count(item.types, fact.type) > 0 ||
                             (mistake_ == Mistake::types_left_out && !item.tags.empty());
        const bool by_tag = mistake_ == Mistake::any_tag && !item.tags.empty()
                                ? std::ranges::any_of(item.tags, has_tag)
                                : std::ranges::all_of(item.tags, has_tag);
        return by_type && by_tag;
    };
    return mistake_ == Mistake::all_items ? std::ranges::all_of(query.items, fits)
                                          : std::ranges::any_of(query.items, fits);
}

std::vector<std::uint64_t> QueryModel::read(const Selection& selection) const {
    const bool forward = selection.direction == Direction::forward;
    const auto until = mistake_ == Mistake::until_left_out ? std::nullopt : selection.until;
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 0; n < facts_.size(); ++n) {
        const std::uint64_t at = forward ? n : facts_.size() - 1 - n;
        if (selection.from && (forward ? at < selection.from->value : at > selection.from->value)) continue;
        if (until && (forward ? at > until->value : at < until->value)) continue;
        if (matches(std::get<Query>(selection.source), facts_[at])) found.push_back(at);
    }
    if (found.size() > selection.limit) {
        const auto kept = static_cast<std::ptrdiff_t>(selection.limit);
        if (mistake_ == Mistake::limit_from_behind) {
            found.erase(found.begin(), found.end() - kept);
        } else {
            found.erase(found.begin() + kept, found.end());
        }
    }
    return found;
}

std::optional<QueryModel::Broken> QueryModel::append(const std::vector<Fact>& facts,
                                                     const std::vector<NoEventMatches>& conditions) {
    std::vector<Fact> seen = facts_;
    if (mistake_ == Mistake::own_events_count) seen.insert(seen.end(), facts.begin(), facts.end());
    for (std::size_t number = 0; number < conditions.size(); ++number) {
        const auto& [query, after] = conditions[number];
        std::optional<std::uint64_t> found;
        for (std::uint64_t at = 0; at < seen.size(); ++at) {
            const bool counts =
                !after || at > after->value || (mistake_ == Mistake::after_included && at == after->value);
            if (!counts || !matches(query, seen[at])) continue;
            if (!found || mistake_ == Mistake::last_match_named) found = at;
        }
        if (found) return Broken{.condition = number, .found = *found};
    }
    facts_.insert(facts_.end(), facts.begin(), facts.end());
    return std::nullopt;
}

}  // namespace varve::proof
