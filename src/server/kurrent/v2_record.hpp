/// A record of the second generation, as an event of ours.
#pragma once

#include <server/kurrent/v2.pb.h>

#include <string>
#include <string_view>
#include <variant>

#include "net/call.hpp"
#include "varve/event.hpp"

namespace varve::kurrent::v2 {

/// Its metadata is a JSON object of the record's properties and its schema. Or the refusal.
[[nodiscard]] std::variant<NewEvent, net::Status> event_of(const AppendRecord& record, std::string_view stream);

}  // namespace varve::kurrent::v2
