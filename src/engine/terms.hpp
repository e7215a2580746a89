/// The terms (category, type, tags) of events on their way into the log, made ready in the caller's thread so that
/// the one lock that all writers share is held for little more than a look into a hash table each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/few.hpp"
#include "index/index.hpp"
#include "varve/event.hpp"

namespace varve::engine {

/// A term and its hash.
struct HashedTerm {
    explicit HashedTerm(const index::Term& of);
    index::Term term;
    std::size_t hash;
};

/// Which events of a commit have which terms. Views into the events, which must stay.
class TermUses {
public:
    TermUses() = default;
    explicit TermUses(const std::vector<NewEvent>& events);

    /// The commit's next event.
    void add(std::string_view stream, std::string_view type, const auto& tags) {
        add({index::TermKind::category, category_of(stream)});
        add({index::TermKind::type, type});
        for (const std::string_view tag : tags) add({index::TermKind::tag, tag});
        ++events_;
    }

    /// A term may be listed more than once, but so may only the first few thousand.
    [[nodiscard]] const Few<HashedTerm, 4>& terms() const { return terms_; }

    /// Events [first, first + count) of the commit have the term with this number.
    struct Run {
        std::uint32_t term;
        std::uint32_t first;
        std::uint32_t count;
    };
    /// Ascending for each term.
    [[nodiscard]] const Few<Run, 4>& runs() const { return runs_; }
    [[nodiscard]] std::uint32_t events() const { return events_; }

private:
    /// A term of late, and the run it was used in last.
    struct Recent {
        std::uint32_t term = 0;
        std::uint32_t run = 0;
    };
    /// Events of a batch share their terms with those just before them: a few are found again without hashing.
    struct Recents {
        static constexpr std::size_t kept = 8;
        std::array<Recent, kept> all;  ///< the latest first
        std::size_t count = 0;
    };

    struct Hash {
        std::size_t operator()(const HashedTerm& term) const { return term.hash; }
    };
    struct Same {
        bool operator()(const HashedTerm& a, const HashedTerm& b) const { return a.term == b.term; }
    };

    void add(const index::Term& term);
    /// The number of a term that is not a recent one, listed now if need be.
    [[nodiscard]] std::uint32_t number_of(const index::Term& term);

    Few<HashedTerm, 4> terms_;
    Few<Run, 4> runs_;
    std::array<Recents, 3> recents_;                                     ///< by kind
    std::unordered_map<HashedTerm, std::uint32_t, Hash, Same> numbers_;  ///< empty while there are few terms
    std::uint32_t events_ = 0;
};

}  // namespace varve::engine
