/// A group: the commits that share one block, one write and one sync. Admission fills it; whoever leads writes it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/few.hpp"
#include "engine/query_check.hpp"
#include "engine/search.hpp"
#include "engine/terms.hpp"
#include "log/record.hpp"
#include "store/rules.hpp"
#include "varve/commit.hpp"

namespace varve::engine {

struct Group;

/// Whose commit a receipt is of: that of the group it is answered with, unless it is a repeat of an earlier one.
struct Original {
    std::optional<Timestamp> time;       ///< of a commit that was durable already
    std::shared_ptr<const Group> group;  ///< of one that is being written
};

/// A commit made ready in its caller's thread: encoded, its streams counted.
struct Request {
    explicit Request(Commit given);

    /// A stream that the commit writes, with how many events.
    struct Part {
        std::string_view stream;  ///< points into `commit`
        std::uint32_t events = 0;
    };

    /// The last event that the commit appends to a settings stream.
    struct Settings {
        std::string_view subject;  ///< points into `commit`
        std::uint32_t event = 0;   ///< its place in Commit::events
        std::uint32_t later = 0;   ///< events of the subject that come after it in the commit
        store::Rules rules;
    };

    Commit commit;
    log::EncodedCommit encoded;
    Few<Part, 2> parts;               ///< in order of first appearance
    Few<std::uint32_t, 8> part_of;    ///< of each event; empty when there is just one part
    std::vector<Settings> settings;   ///< one of each settings stream that it writes
    TermUses terms;                   ///< of its events
    std::vector<QueryCheck> queries;  ///< its conditions on queries
    Few<std::uint64_t, 8> ids;        ///< hashes of the events' ids, as KnownIds makes them
    Search search;                    ///< for the commit that this one may repeat
    Revision truncated;               ///< of the stream that its locator names: what lies below is removed
    Receipt receipt;                  ///< places are filled in at admission, time and durability at the end
    Original original;                ///< when the receipt is of a repeat
    std::optional<Error> refusal;     ///< a condition that did not hold: answered when its group is done

private:
    void count_parts();
};

/// Guarded by the writer's mutex while open; owned by the leader once taken; read by waiters once `done`.
struct Group {
    /// A pipelined commit's end.
    struct Pipelined {
        Receipt receipt;
        Original original;
        std::optional<Error> refusal;
        Completion done;
    };

    Position first;  ///< of its first event; meaningful when it has any
    std::string payload;
    std::uint32_t events = 0;
    std::uint32_t commits = 0;
    bool settings = false;      ///< some of its events are settings of streams
    std::uint32_t waiters = 0;  ///< blocking callers, refused ones too
    std::vector<Pipelined> pipelined;

    Timestamp time{};
    std::optional<Error> failure;
    std::atomic<int> done = 0;  ///< 1: time and failure are final

    [[nodiscard]] std::size_t members() const { return waiters + pipelined.size(); }
    [[nodiscard]] bool holds(Position position) const { return position >= first && position < first + events; }
};

/// What is admitted and not yet known to be durable.
struct Pending {
    std::shared_ptr<const Group> writing;  ///< may be null
    const Group* open = nullptr;
    Position next;  ///< of the next event to be admitted

    /// Everything below is durable.
    [[nodiscard]] Position first() const {
        if (writing != nullptr && writing->events > 0) return writing->first;
        return open->events > 0 ? open->first : next;
    }
};

/// The receipt as it is answered, once `group` is durable.
[[nodiscard]] Receipt finished(Receipt receipt, const Original& original, const Group& group, Durability durability);

}  // namespace varve::engine
