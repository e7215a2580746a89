/// A small algebra of ascending (or descending) position lists: what a query means to the index. A leaf walks the
/// positions of one term page by page; AND leaps from one list to the other; OR merges.
#pragma once

#include <memory>
#include <optional>

#include "engine/catalog.hpp"
#include "store/range.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::engine {

/// Used by one thread at a time. The catalog must outlive it.
class Postings {
public:
    Postings() = default;
    Postings(const Postings&) = delete;
    Postings& operator=(const Postings&) = delete;
    virtual ~Postings() = default;

    /// The nearest position of the list that is `target` or lies beyond it in the walk's direction; nothing when there
    /// is none. A target never goes back behind the one before.
    virtual Result<std::optional<Position>> seek(Position target) = 0;

    /// True when all that is left of the list from `target` on is few, and known without asking the index.
    [[nodiscard]] virtual bool few(Position target) = 0;

    /// About how many positions of the store there are for one of the list, as far as it was seen: small is dense.
    [[nodiscard]] virtual double spacing() const = 0;
};

struct PostingsBounds {
    store::Range range;  ///< nothing outside of it
    Direction direction = Direction::forward;
    /// False: the list may hold positions of events that do not match, where looking at the event is cheaper than
    /// looking it up in one more list. The caller looks at every event.
    bool exact = false;
};

[[nodiscard]] std::unique_ptr<Postings> postings_of(Catalog& catalog, const Query& query, const PostingsBounds& bounds);
[[nodiscard]] std::unique_ptr<Postings> postings_of(Catalog& catalog, const Category& category,
                                                    const PostingsBounds& bounds);

}  // namespace varve::engine
