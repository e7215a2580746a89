/// One committed event as the memory engine keeps it: owned bytes, made once, never changed.
#pragma once

#include <string>

#include "varve/event.hpp"
#include "varve/types.hpp"

namespace varve::memory {

class Record {
public:
    /// Requires an event within varve/limits.hpp, with an id.
    Record(NewEvent event, Position position, Revision revision, Timestamp created);
    Record(const Record&) = delete;  // views point into it
    Record& operator=(const Record&) = delete;

    /// Views into this record, valid as long as it lives.
    [[nodiscard]] const Event& event() const { return view_; }

private:
    NewEvent content_;
    std::string packed_tags_;
    Event view_;
};

}  // namespace varve::memory
