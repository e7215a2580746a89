/// What is written: a Commit goes in, a Receipt comes out, a Conflict says why not.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "varve/event.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"
#include "varve/types.hpp"

namespace varve {

/// How a stream stands. Deletion and tombstone: varve/retention.hpp.
enum class StreamState : std::uint8_t {
    absent,     ///< it never had an event
    live,       ///< it has events
    deleted,    ///< a truncation removed all its events; the next append goes on behind the last one
    tombstoned  ///< it has ended: nothing can be appended to it any more
};
/// `absent`, `live`, `deleted`, `tombstoned`.
[[nodiscard]] VARVE_API std::string_view to_string(StreamState state);

/// What a writer believes about a stream before its commit. A deleted stream counts as absent, but has a last revision:
///
///              absent   live at n     deleted, n was last   tombstoned
///     any      holds    holds         holds                 holds
///     none     holds    fails         holds                 holds
///     exists   fails    holds         fails                 fails
///     exact r  fails    r == n        r == n                fails
///
/// Whatever the conditions: a commit that writes to a tombstoned stream is refused (`failed_precondition`).
class VARVE_API Expected {
public:
    enum class Kind : std::uint8_t { any, none, exists, exact };

    constexpr Expected() = default;
    [[nodiscard]] static constexpr Expected any() { return Expected(); }             ///< no belief: always holds
    [[nodiscard]] static constexpr Expected none() { return Expected(Kind::none); }  ///< the stream has no event
    [[nodiscard]] static constexpr Expected exists() { return Expected(Kind::exists); }
    /// The last event of the stream has just this revision.
    [[nodiscard]] static constexpr Expected exact(Revision revision) { return Expected(Kind::exact, revision); }

    [[nodiscard]] constexpr Kind kind() const { return kind_; }
    [[nodiscard]] constexpr Revision revision() const { return revision_; }  ///< meaningful for `exact` only
    /// Does a stream in this state fit, whose last revision is `last` (nothing: it never had an event)?
    [[nodiscard]] constexpr bool holds(StreamState state, std::optional<Revision> last) const {
        switch (kind_) {
            case Kind::any: return true;
            case Kind::none: return state != StreamState::live;
            case Kind::exists: return state == StreamState::live;
            case Kind::exact: return state != StreamState::tombstoned && last == revision_;
        }
        return false;
    }
    /// The same of a stream that was never deleted.
    [[nodiscard]] constexpr bool holds(std::optional<Revision> last) const {
        return holds(last ? StreamState::live : StreamState::absent, last);
    }
    /// `any revision`, `no stream`, `an existing stream`, `revision 3`.
    [[nodiscard]] std::string to_string() const;

    friend constexpr bool operator==(const Expected&, const Expected&) = default;

private:
    constexpr explicit Expected(Kind kind, Revision revision = {}) : kind_(kind), revision_(revision) {}

    Kind kind_ = Kind::any;
    Revision revision_;
};

/// The condition `stream is as expected`, true at the commit's own place in the order.
struct StreamIs {
    std::string stream;
    Expected expected;
};

/// The condition `no event after this position matches the query`, true at the commit's own place in the order: every
/// commit before it counts, also one that is written in the same moment; the commit's own events do not. This is how
/// a decision is guarded whose facts lie in many streams (a *dynamic consistency boundary*, docs/boundaries.md): read
/// the query, decide, append with the same query and the head that was read up to.
struct NoEventMatches {
    Query query;
    /// Only events with a position greater than this count; absent: all of them do. It may lie beyond the head. After
    /// reading everything up to a head h, it is h - 1 (absent when h is 0).
    std::optional<Position> after = {};
};

/// What must hold for a commit to happen.
using Condition = std::variant<StreamIs, NoEventMatches>;

/// What becomes of a commit whose events are in the store already, told by their ids.
enum class Repeats : std::uint8_t {
    detect,    ///< nothing is written, and the original receipt is answered
    unchecked  ///< nobody looks: it is written once more, if its conditions hold
};

/// The unit of appending: 1..N events over one or more streams, with 0..N conditions; all or nothing.
/// Events get consecutive positions in the order of the list.
///
/// Sending a commit again is safe, also after a restart, when its events carry ids of yours: a *repeat*, the same ids in
/// the same order on the same streams, writes nothing and is answered by the original receipt (docs/concepts.md,
/// "Once"). Where an expectation `none` or `exact` of a stream that the commit writes says where to look, this is
/// certain, however old the original is; otherwise the ids of the last limits::known_events events are known. A commit
/// of which only a part is there is `already_exists`, and Error::overlap says which.
struct VARVE_API Commit {
    std::vector<NewEvent> events = {};
    std::vector<Condition> conditions = {};
    /// A name for what the commit does, 1 to limits::command_id_bytes of UTF-8; empty: none. It is stored with the
    /// commit, and a later commit with the same one writes nothing, whatever its events and conditions: it is answered
    /// by the original receipt. Known of the commits among the last limits::known_events events, at least.
    std::string command_id = {};
    /// Only of events' ids; a command id is always looked for. A commit without ids of yours cannot be a repeat: the
    /// store then does not look.
    Repeats repeats = Repeats::detect;

    /// Adds events to one stream, with what is expected of it: `Commit{}.append("account-a1",
    /// Expected::exact(Revision{3}), {{.type = "Withdrawn", .data = R"({"cents":500})"}})`.
    /// The events' own `stream` is overwritten. `Expected::any()` adds no condition.
    Commit& append(std::string_view stream, Expected expected, std::vector<NewEvent> added) &;
    Commit append(std::string_view stream, Expected expected, std::vector<NewEvent> added) && {
        append(stream, expected, std::move(added));
        return std::move(*this);
    }

    /// Adds the condition NoEventMatches: `commit.unless({.items = {{.tags = {"user:anna"}}}})` happens only when no
    /// event carries that tag.
    Commit& unless(Query query, std::optional<Position> after = {}) &;
    Commit unless(Query query, std::optional<Position> after = {}) && {
        unless(std::move(query), after);
        return std::move(*this);
    }
};

/// How much an acknowledgement means.
enum class Durability : std::uint8_t {
    durable,   ///< on stable storage (written and synced) before the receipt
    buffered,  ///< handed to the operating system: survives `kill -9`, not a power failure; synced soon after. When that
               ///< sync fails the store takes no more, and what was acknowledged since the last one may be lost
    volatile_  ///< in memory only: gone with the process
};
[[nodiscard]] VARVE_API std::string_view to_string(Durability durability);

/// The answer to a commit that happened.
struct Receipt {
    struct StreamRevision {
        std::string stream;
        Revision last;  ///< of the stream after this commit
        friend bool operator==(const StreamRevision&, const StreamRevision&) = default;
    };

    Position first;                            ///< of the commit's first event
    Position last;                             ///< of its last event
    Timestamp time;                            ///< commit time, the `created` of all its events
    Durability durability = {};                ///< what this very receipt promises
    std::vector<StreamRevision> streams = {};  ///< each stream written, in order of first appearance
    bool repeated = false;                     ///< nothing was written now: all else is of the original commit

    friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// Details of an `aborted` append: the first condition, in the order of the list, that did not hold. Reached by
/// `Error::conflict`. Of a StreamIs: `stream`, `expected`, `actual` and `state`; of a NoEventMatches: `query`, `after` and
/// `found`. Of an append to a tombstoned stream (`failed_precondition`): `stream` and `state`.
struct Conflict {
    std::string stream = {};  ///< empty: the condition was a NoEventMatches
    Expected expected = {};
    std::optional<Revision> actual = {};  ///< the stream's last revision, removed or not; nothing: it has no event
    std::size_t condition = 0;            ///< its place in Commit::conditions, from 0
    StreamState state = {};
    Query query = {};
    std::optional<Position> after = {};
    std::optional<Position> found = {};  ///< of the first event after `after` that matches; nothing: it was a StreamIs
};

/// Details of an append that is `already_exists`: some of its events are in the store, but not as this commit. Reached
/// by `Error::overlap`.
struct Overlap {
    struct Known {
        std::size_t event = 0;  ///< its place in Commit::events, from 0
        EventId id;             ///< which this event of the commit shares with ...
        std::string stream;     ///< ... the stored event in this stream ...
        Revision revision;      ///< ... at this revision
        Position position;
        friend bool operator==(const Known&, const Known&) = default;
    };
    std::vector<Known> known;  ///< in the order of the commit's events
};

/// What to do when the store's append queue (limits::queued_bytes) is full.
enum class WhenFull : std::uint8_t {
    wait,   ///< block the caller until there is room
    refuse  ///< answer `resource_exhausted` at once; nothing was written
};

struct AppendOptions {
    WhenFull when_full = WhenFull::wait;
};

/// Called exactly once with the outcome of a pipelined append, from a thread of the store that every other
/// writer waits for: it must not block, and must not append in the blocking form. It may not throw. That thread
/// may be the caller's own, before `append` returns: do not append holding a lock that the completion takes.
/// A pipelined append to a folder from inside a completion never waits: when the queue is full it is refused
/// (`resource_exhausted`), whatever AppendOptions say.
using Completion = std::function<void(Result<Receipt>)>;

}  // namespace varve
