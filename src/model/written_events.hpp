/// The events of a commit that has happened, as a read would show them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "varve/commit.hpp"
#include "varve/event.hpp"

namespace varve {

class WrittenEvents {
public:
    WrittenEvents() = default;
    /// `events` as they were given to append, ids and all; `receipt`: its answer, of no repeat.
    WrittenEvents(std::vector<NewEvent> events, const Receipt& receipt);
    WrittenEvents(const WrittenEvents&) = delete;
    WrittenEvents& operator=(const WrittenEvents&) = delete;

    /// Valid as long as this lives.
    [[nodiscard]] std::span<const Event> events() const { return events_; }

private:
    std::vector<NewEvent> given_;
    std::vector<std::string> tags_;  ///< of each event, packed; empty when none has any
    std::vector<Event> events_;
};

}  // namespace varve
