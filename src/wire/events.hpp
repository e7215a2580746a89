/// Selections and events on the wire, both ways.
#pragma once

#include <wire/store.pb.h>

#include <string>

#include "varve/event.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::wire {

void put(const Selection& selection, v1::Selection& out);
/// Errors: `invalid_argument` (no source).
[[nodiscard]] Result<Selection> selection_of(const v1::Selection& in);

void put(const Event& event, v1::Event& out);
/// A view of the message, with its tags packed into `tags`; valid as long as both. Errors: `data_loss` (an id of another length).
[[nodiscard]] Result<Event> event_of(const v1::Event& in, std::string& tags);

}  // namespace varve::wire
