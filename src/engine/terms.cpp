#include "engine/terms.hpp"

#include <algorithm>
#include <functional>

namespace varve::engine {

namespace {

/// A commit with more terms than these is worth a hash table: it may repeat each of them for every event.
constexpr std::size_t few_terms = 4096;

}  // namespace

HashedTerm::HashedTerm(const index::Term& of)
    : term(of), hash(std::hash<std::string_view>()(of.name) * 4 + static_cast<std::size_t>(of.kind)) {}

TermUses::TermUses(const std::vector<NewEvent>& events) {
    for (const NewEvent& event : events) add(event.stream, event.type, event.tags);
}

std::uint32_t TermUses::number_of(const index::Term& term) {
    const auto next = static_cast<std::uint32_t>(terms_.size());
    if (terms_.size() >= few_terms) {
        if (numbers_.empty()) {
            for (std::uint32_t n = 0; n < next; ++n) numbers_.emplace(terms_[n], n);
        }
        const auto [known, fresh] = numbers_.emplace(HashedTerm(term), next);
        if (!fresh) return known->second;
    }
    terms_.push_back(HashedTerm(term));
    return next;
}

void TermUses::add(const index::Term& term) {
    Recents& recents = recents_[static_cast<std::size_t>(term.kind)];
    const auto known_end = recents.all.begin() + static_cast<std::ptrdiff_t>(recents.count);
    auto at = std::find_if(recents.all.begin(), known_end,
                           [&](const Recent& recent) { return terms_[recent.term].term.name == term.name; });
    Recent recent{.term = 0, .run = static_cast<std::uint32_t>(runs_.size())};
    if (at != known_end) {
        recent.term = at->term;
        Run& run = runs_[at->run];
        if (run.first + run.count == events_) {
            ++run.count;
            recent.run = at->run;
        } else {
            runs_.push_back({.term = recent.term, .first = events_, .count = 1});
        }
    } else {
        recent.term = number_of(term);
        runs_.push_back({.term = recent.term, .first = events_, .count = 1});
        if (recents.count < Recents::kept) ++recents.count;
        at = recents.all.begin() + static_cast<std::ptrdiff_t>(recents.count - 1);
    }
    std::move_backward(recents.all.begin(), at, at + 1);
    recents.all.front() = recent;
}

}  // namespace varve::engine
