/// Errors and receipts as JSON, for scripts: what `--json` and HTTP answer.
#pragma once

#include <string>

#include "varve/commit.hpp"
#include "varve/result.hpp"

namespace varve::text {

/// {"error":{"code":"aborted","message":"...","conflict":{"stream":"s","expected":"revision 3","actual":4,"state":"live","condition":0}}}
/// (`reason`, `conflict` and `overlap` only when there are such; `actual` is null for a stream without events).
[[nodiscard]] std::string error_json(const Error& error);

/// {"first":..,"last":..,"time":..,"durability":..,"streams":[{"stream":..,"revision":..}],"repeated":..}
[[nodiscard]] std::string receipt_json(const Receipt& receipt);

}  // namespace varve::text
