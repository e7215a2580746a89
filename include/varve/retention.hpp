/// What a stream keeps: the last so many events, events of a certain age, events from a revision on; and its end, as a
/// deletion that leaves the name free to go on, or a tombstone for ever (docs/retention.md).
///
///     store.keep("sensor-1", {.max_count = 1000, .max_age = std::chrono::days(30)}).value();
///     store.remove("cart-7").value();        // reads as absent; the next append goes on behind its last revision
///     store.tombstone("person-9").value();   // nothing is ever appended to it again
///
/// **Settings are events.** Those of the stream `s` lie in the stream `$$s`, and the last one counts: `$metadata`, whose
/// data is a JSON object with `$maxCount`, `$maxAge` (whole seconds) and `$tb` (a revision: what lies below is removed;
/// "truncate before"), or `$streamDeleted`, the tombstone. Other members of the object are yours and stay. The methods of
/// Store append such events, and whoever appends one by hand does the same. So settings are as durable as all else, have
/// a place in the order, and go with the log into backups, forks and exports. A stream `$$s` holds no other event, shows
/// only its last one, and has no settings itself; what would not be understood there is `invalid_argument`.
///
/// **What removed means.** From the settings' place in the order on, reads and subscriptions of the stream begin at the
/// first event that is kept; a stream of which a truncation removed everything counts as absent (StreamState::deleted).
/// `$tb` speaks of what is there before its own event, and never removes a later one. Other reads (All, categories,
/// queries), conditions on queries and the ids by which repeats are known see removed events until a compaction has freed
/// them, and not afterwards. A compaction takes only what is removed. Settings that are loosened bring back what no
/// compaction has taken yet, and nothing else. `as_of` does not go behind a removal: what is removed today was never there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "varve/commit.hpp"
#include "varve/types.hpp"

namespace varve {

/// What a stream keeps. Absent: that rule removes nothing. An event that any of the rules removes is removed.
struct Retention {
    /// The last so many events, 1 .. 2^63-1.
    std::optional<std::uint64_t> max_count = {};
    /// Events whose `created` is at most so long ago, by the clock of the machine at the time of each read; at least one
    /// second. Age alone makes no stream absent: the conditions of a commit do not depend on clocks.
    std::optional<std::chrono::seconds> max_age = {};
    /// Revisions below this are removed, as far as they are there now.
    std::optional<Revision> truncate_before = {};

    friend bool operator==(const Retention&, const Retention&) = default;
};

/// How a stream stands: the answer of Store::retention.
struct StreamRetention {
    StreamState state = {};
    std::optional<Revision> first = {};  ///< of the first event that a read shows; nothing: it shows none
    /// Of its last event, removed or not; nothing: it never had one. Of a stream with a tombstone: of the last that
    /// compactions have left, or nothing.
    std::optional<Revision> last = {};
    Retention keeps = {};       ///< `truncate_before`: what it has removed, never more than there was
    std::string settings = {};  ///< the JSON object of its `$metadata`; empty: none
    /// Of the last event of its settings stream: what `Expected::exact` must say to replace it by hand.
    std::optional<Revision> settings_revision = {};

    friend bool operator==(const StreamRetention&, const StreamRetention&) = default;
};

}  // namespace varve
