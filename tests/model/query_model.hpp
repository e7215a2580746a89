/// What queries and their conditions mean, by looking at every event; and the mistakes that a model test must notice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "varve/commit.hpp"
#include "varve/selection.hpp"

namespace varve::proof {

/// Planted into the model, never into the store: each makes the two differ, and a test that does not see it is blind.
enum class Mistake : std::uint8_t {
    none,
    any_tag,            ///< one of an item's tags is enough
    all_items,          ///< items are joined by AND
    types_left_out,     ///< an item with tags forgets its types
    after_included,     ///< the event at `after` breaks the condition too
    last_match_named,   ///< the last event that matches is named instead of the first
    own_events_count,   ///< a commit's own events break its conditions
    until_left_out,     ///< a read goes on behind `until`
    limit_from_behind,  ///< a limit keeps the last events instead of the first
};

struct Fact {
    std::string type;
    std::vector<std::string> tags;
};

/// A list of facts; the position of each is its place in the list.
class QueryModel {
public:
    explicit QueryModel(Mistake mistake) : mistake_(mistake) {}

    [[nodiscard]] bool matches(const Query& query, const Fact& fact) const;
    [[nodiscard]] std::vector<std::uint64_t> read(const Selection& selection) const;

    struct Broken {
        std::size_t condition;
        std::uint64_t found;
        friend bool operator==(const Broken&, const Broken&) = default;
    };
    /// Adds the facts when all conditions hold; otherwise says which one does not.
    std::optional<Broken> append(const std::vector<Fact>& facts, const std::vector<NoEventMatches>& conditions);

private:
    const Mistake mistake_;
    std::vector<Fact> facts_;
};

}  // namespace varve::proof
