/// What an append asks of the durable part of the log, and what it has been told: the memory of one look for its
/// original, kept while the writer's lock is given up for reading.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "varve/commit.hpp"
#include "varve/types.hpp"

namespace varve::engine {

struct Search {
    /// A durable event as far as it matters.
    struct Seen {
        EventId id;
        Revision revision;
        Timestamp created;
        std::string stream;
    };

    // Asked:
    bool ids = false;                 ///< the known ids must be complete
    std::vector<Revision> places;     ///< of the locator's stream: where the original may be
    std::vector<Position> events;     ///< durable events to be looked at
    std::optional<Position> command;  ///< a durable commit to be looked at, by its first event

    // Told, and true for good:
    std::unordered_map<Revision, std::optional<Position>> located;  ///< nothing: no such event
    std::unordered_map<Position, std::optional<Seen>> seen;         ///< nothing: there is no such event
    std::unordered_map<Position, std::optional<Receipt>> commands;  ///< nothing: it has another command id
};

}  // namespace varve::engine
