/// The oracle: what a store that was promised to us must hold. As simple as can be: a list of events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "varve/commit.hpp"
#include "varve/selection.hpp"

namespace varve::simulation {

/// An event as it must be found.
struct Kept {
    NewEvent event;
    Position position;
    Revision revision;
    Timestamp created;
};

/// A commit, and what its receipt says but for the durability.
struct Placed {
    Commit commit;
    Receipt receipt;
};

class History {
public:
    [[nodiscard]] const std::vector<Kept>& events() const { return events_; }
    [[nodiscard]] Position head() const { return Position{events_.size()}; }
    [[nodiscard]] Timestamp last_time() const { return events_.empty() ? Timestamp::min() : events_.back().created; }
    [[nodiscard]] std::optional<Revision> last(std::string_view stream) const;
    /// The first condition that does not hold at the end of this history.
    [[nodiscard]] std::optional<Conflict> broken(const Commit& commit) const;

    /// Answers its receipt.
    Receipt add(const Commit& commit, Timestamp created);
    /// Forgets the events from `end` on; false, and nothing is forgotten, when a commit would be torn.
    [[nodiscard]] bool cut(Position end);

    /// What a read of the selection must give, in its order.
    [[nodiscard]] std::vector<const Kept*> select(const Selection& selection) const;
    [[nodiscard]] std::vector<std::string> streams() const;
    [[nodiscard]] const std::vector<Placed>& commits() const { return commits_; }

private:
    std::vector<Kept> events_;
    std::vector<Placed> commits_;
};

/// Does the event fit one of the items, by the words of varve/selection.hpp?
[[nodiscard]] bool fits(const NewEvent& event, const Query& query);

/// How an event differs from the one that was kept; empty when it does not.
[[nodiscard]] std::string difference(const Event& found, const Kept& kept);
/// The same of what an append gave (no place, no time).
[[nodiscard]] std::string difference(const Event& found, const NewEvent& given);

}  // namespace varve::simulation
