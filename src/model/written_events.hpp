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
    /// Copies the events as they will be given to append, ids and all.
    explicit WrittenEvents(std::span<const NewEvent> events);
    WrittenEvents(const WrittenEvents&) = delete;
    WrittenEvents& operator=(const WrittenEvents&) = delete;

    /// Where they came to lie: what append answered, of no repeat.
    void place(const Receipt& receipt);

    /// Valid as long as this lives.
    [[nodiscard]] std::span<const Event> events() const { return events_; }

private:
    std::string bytes_;  ///< all that is viewed
    std::vector<Event> events_;
};

}  // namespace varve
