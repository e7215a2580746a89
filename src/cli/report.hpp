/// How a command says that something went wrong.
#pragma once

#include "cli/screen.hpp"
#include "varve/result.hpp"

namespace varve::cli {

/// Writes the error to standard error as one line: `varve: <message>`, or, for scripts, one JSON object:
/// {"error":{"code":"aborted","message":"...","conflict":{"stream":"s","expected":"revision 3","actual":4,"state":"live","condition":0}}}
/// (`reason` and `conflict` only when there are such; `actual` is null for a stream without events).
/// A failure to write it is ignored: there is nowhere left to say so.
void report(Screen& screen, const Error& error, bool json);

}  // namespace varve::cli
