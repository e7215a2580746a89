/// Errors and what a store tells of itself on the wire, both ways.
#pragma once

#include <wire/store.pb.h>

#include <string>
#include <string_view>

#include "varve/engine.hpp"
#include "varve/result.hpp"

namespace varve::wire {

/// What a failed call carries in `grpc-status-details-bin`; empty: its code and message say it all.
[[nodiscard]] std::string details_of(const Error& error);
/// The error that the server had. `details` may be anything.
[[nodiscard]] Error error_of(std::uint32_t code, std::string message, std::string_view details);

void put(const StreamRetention& retention, v1::Retention& out);
[[nodiscard]] StreamRetention retention_of(const v1::Retention& in);
void put(const StoreInfo& info, v1::Info& out);
[[nodiscard]] StoreInfo info_of(const v1::Info& in);

}  // namespace varve::wire
