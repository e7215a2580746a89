/// The events that say what a stream keeps, and what they mean; the same in every engine (varve/retention.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "varve/event.hpp"
#include "varve/retention.hpp"
#include "varve/types.hpp"

namespace varve::store {

// Names in stored events, never change:
inline constexpr std::string_view settings_prefix = "$$";
inline constexpr std::string_view metadata_type = "$metadata";
inline constexpr std::string_view tombstone_type = "$streamDeleted";

[[nodiscard]] constexpr bool is_settings(std::string_view stream) {
    return stream.starts_with(settings_prefix);
}

/// `$$account-1`, which holds the settings of `account-1`.
[[nodiscard]] std::string settings_of(std::string_view stream);

/// The stream whose settings are in this one: `account-1` of `$$account-1`. Requires is_settings.
[[nodiscard]] constexpr std::string_view subject_of(std::string_view stream) {
    return stream.substr(settings_prefix.size());
}

/// What is wrong with an event for a settings stream, as the end of a sentence; empty when nothing is.
[[nodiscard]] std::string settings_fault(const NewEvent& event);

/// What the last event of a settings stream says of its subject.
struct Rules {
    bool ended = false;  ///< it is a tombstone
    Retention keeps = {};
};

/// Of an event that came past the door; an older one that is not understood says nothing.
[[nodiscard]] Rules rules_of(std::string_view type, std::string_view data);

/// The settings `json` with these rules in place of its own; every other member as it is. Empty: no settings so far.
[[nodiscard]] std::string with_rules(std::string_view json, const Retention& keeps);

/// The first revision that a truncation leaves, or a tombstone. `before`: how many events the stream had at the place of the rules.
[[nodiscard]] Revision truncated(const Rules& rules, Revision before);

/// How a stream stands, at a place in the order.
struct Standing {
    std::optional<Revision> last = {};  ///< of all its events, removed ones too
    Revision first = {};                ///< what lies below is removed by a truncation or a tombstone
    bool ended = false;                 ///< by a tombstone

    [[nodiscard]] StreamState state() const {
        if (ended) return StreamState::tombstoned;
        if (!last) return StreamState::absent;
        return first > *last ? StreamState::deleted : StreamState::live;
    }
};

/// The first revision that a read shows. `young`: the first one that is not too old.
[[nodiscard]] Revision first_shown(const Standing& standing, const Rules& rules, Revision young);

/// The answer of Engine::retention. `settings`: the last event of the settings stream; null: there is none.
[[nodiscard]] StreamRetention retention_of(const Standing& standing, const Rules& rules, Revision first,
                                           const Event* settings);

/// `failed_precondition`: nothing can be appended to this stream.
[[nodiscard]] Error tombstone_error(std::string_view stream);

}  // namespace varve::store
