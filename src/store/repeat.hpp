/// Is a commit in the store already? The same verdict and the same words in every engine. An engine looks for events
/// that carry ids of the commit, as far as it knows ids; what they mean is decided here.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "varve/commit.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::store {

/// A stored event that carries the id of one of the commit's events.
struct Sighting {
    std::size_t event = 0;  ///< its place in Commit::events
    Position position;
    Revision revision;
    Timestamp created;
    std::string stream;
};

/// What the sightings of a commit say; an event may have been seen at several places. Nothing: the commit is new. Its
/// receipt, when all its events lie one after the other in the store, on their streams: it is a repeat (durability is
/// left to the engine). Otherwise `already_exists` with the Overlap that an application reads.
[[nodiscard]] Result<std::optional<Receipt>> judge(const Commit& commit, std::span<const Sighting> seen);

/// The receipt of a commit whose events are the sightings, in order.
[[nodiscard]] Receipt receipt_of(std::span<const Sighting> events);

/// Where a commit's own expectations say that its events must lie if they are in the store.
struct Locator {
    std::string_view stream;  ///< points into the commit
    Revision revision;        ///< of the commit's first event on that stream
    std::size_t event = 0;    ///< the place of that event in Commit::events
};

/// Nothing when no `none` or `exact` speaks of a stream that the commit writes.
[[nodiscard]] std::optional<Locator> locator_of(const Commit& commit);

}  // namespace varve::store
