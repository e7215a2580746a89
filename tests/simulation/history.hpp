/// The oracle: what a store that was promised to us must hold, show, and answer. As simple as can be: a list of events,
/// and beside it the model of what streams keep (tests/model).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/environment.hpp"
#include "model/retention_model.hpp"
#include "varve/commit.hpp"
#include "varve/retention.hpp"
#include "varve/selection.hpp"

namespace varve::simulation {

/// Is an event still there?
enum class Presence : std::uint8_t {
    there,     ///< it must be found
    doubtful,  ///< its stream does not keep it, and a compaction may have taken it
    gone       ///< it was taken, and must never be found again
};

/// An event as it must be found.
struct Kept {
    NewEvent event;
    Position position;
    Revision revision;
    Timestamp created;
    Presence presence = Presence::there;
    Position let_go = {};  ///< when not there: the settings that let it go lie below
};

/// A commit, and what its receipt says but for the durability.
struct Placed {
    Commit commit;
    Receipt receipt;
};

/// How a commit must end.
struct Outcome {
    enum class Kind : std::uint8_t {
        placed,
        repeated,
        refused,  ///< by a condition
        ended,    ///< by a tombstone
        overlaps  ///< a part of it is there
    };
    Kind kind = Kind::placed;
    Receipt receipt = {};              ///< of `repeated`; what a new commit's says is known when it is added
    bool streams_may_lack = false;     ///< of the receipt: some of the original's events may be taken
    Conflict conflict = {};            ///< of `refused` and `ended`
    std::vector<Position> known = {};  ///< of `overlaps`: the events that are there
};

class History {
public:
    /// `clock`: events are as old as it says when they are looked at.
    explicit History(std::shared_ptr<io::Clock> clock) : clock_(std::move(clock)) {}

    [[nodiscard]] const std::vector<Kept>& events() const { return events_; }
    [[nodiscard]] Position head() const { return Position{events_.size()}; }
    [[nodiscard]] Timestamp last_time() const { return events_.empty() ? Timestamp::min() : events_.back().created; }
    [[nodiscard]] std::optional<Revision> last(std::string_view stream) const;
    [[nodiscard]] StreamState state(const std::string& stream) const;

    /// What an append of the commit at the end of this history must answer. `or_else`: another answer that is right.
    [[nodiscard]] Outcome outcome(const Commit& commit, std::optional<Outcome>* or_else = nullptr) const;
    /// The answer for a commit that carries no id of an event that ever was.
    [[nodiscard]] Outcome fresh_outcome(const Commit& commit) const;
    /// What the commit is if its events are there: from `located` on, or anywhere; nothing when none is.
    [[nodiscard]] std::optional<Outcome> seen_before(const Commit& commit, std::optional<Position> located) const;

    /// Answers its receipt.
    Receipt add(const Commit& commit, Timestamp created);
    /// Forgets the events from `end` on; false, and nothing is forgotten, when a commit would be torn.
    [[nodiscard]] bool cut(Position end);

    /// A compaction begins: what streams do not keep at this moment may be taken. Answers these events.
    std::vector<Position> doubt_removed();
    /// Events that streams do not keep, and that are not known to be gone.
    [[nodiscard]] std::vector<Position> removed() const;
    /// An event is not there: a Violation when it must be.
    void miss(Position position);
    /// An event that may have been taken was not.
    void meet(Position position);
    /// Whoever reads may still see what was taken (an old file).
    void doubt_gone();
    /// What is known of its events by now, from one that begins as this: presence and time.
    void adopt(const History& known);

    /// What a read of the selection may give, in its order and without its limit; those that are doubtful may be
    /// missing, nothing else.
    [[nodiscard]] std::vector<const Kept*> select(const Selection& selection) const;
    [[nodiscard]] StreamRetention retention(const std::string& stream) const;
    /// Is `told` what a truncation has removed, if `due` is? It may tell more as far as nobody knows any more, all of that
    /// being taken.
    [[nodiscard]] bool as_truncated(const std::string& stream, std::optional<Revision> told,
                                    std::optional<Revision> due) const;
    [[nodiscard]] std::vector<std::string> streams() const;
    [[nodiscard]] const std::vector<Placed>& commits() const { return commits_; }

    /// The store's digest of everything below the head: a Violation when it was another before.
    void prove(const std::string& digest);
    [[nodiscard]] const std::map<Position, std::string>& digests() const { return digests_; }

private:
    struct Standing {
        std::optional<std::size_t> settings;  ///< place of those that are in force
        Revision truncated;                   ///< what lies below is removed by a truncation or a tombstone
    };
    [[nodiscard]] Standing standing(const std::string& stream) const;
    [[nodiscard]] std::optional<Conflict> broken(const Commit& commit) const;
    [[nodiscard]] std::optional<Outcome> repeat_of_command(const Commit& commit) const;

    std::shared_ptr<io::Clock> clock_;
    std::vector<Kept> events_;
    std::vector<Placed> commits_;
    proof::RetentionModel keeps_{proof::Forgetting::none};
    std::map<Position, std::string> digests_;
};

/// Does the event fit one of the items, by the words of varve/selection.hpp?
[[nodiscard]] bool fits(const NewEvent& event, const Query& query);

/// How an event differs from the one that was kept; empty when it does not.
[[nodiscard]] std::string difference(const Event& found, const Kept& kept);
/// The same of what an append gave (no place, no time).
[[nodiscard]] std::string difference(const Event& found, const NewEvent& given);

}  // namespace varve::simulation
