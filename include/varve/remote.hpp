/// A store on a server (`varve serve`), with the same contract as one that is embedded. Link `varve::remote`.
///
///     auto store = varve::connect("varve://127.0.0.1:2113").value();
///     store.append(varve::Commit{}.append("account-a1", varve::Expected::none(), {{.type = "Opened", .data = "{}"}})).value();
///
/// **When the server is gone** for a while, calls wait for it and try again, up to ConnectOptions::patience, and then are
/// `unavailable`. Appending again is safe: events carry ids, and what is there already is answered by the original receipt, whose
/// `repeated` is then true. A walk or a subscription goes on behind the last event that it has given. What differs from an
/// embedded store:
/// - `removals()` answers nothing, and `compact()` is `unimplemented`: compact where the store lies.
/// - `info().engine` is `remote`; its `location` is the folder where the server has it.
/// - `head()` is what this side has heard of last; it includes every receipt and event that it has been given.
/// - Clients together may fill the server's queue: an append is then `resource_exhausted`, whatever AppendOptions say; nothing of
///   it was written.
/// - An append that has to be sent again is looked for by its events' ids, also where it says Repeats::unchecked.
/// - close() closes this side only. Cursors that are left end with an error.
/// - a completion runs in the connection's thread; blocking calls from within one are `failed_precondition`.
#pragma once

#include <chrono>
#include <string>

#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/store.hpp"

namespace varve {

struct ConnectOptions {
    /// So long a call goes on trying while the server is not there, at least 1 ms.
    std::chrono::milliseconds patience{10'000};
};

/// `where`: `varve://HOST:PORT`, the port 2113 where it is left out. Errors: `invalid_argument` (`where`), `unavailable` (no
/// server there within the patience, or no thread or descriptor left), `unimplemented` (a server, but not one of ours). Waits up to
/// the patience. Any thread; not from a completion.
[[nodiscard]] VARVE_API Result<Store> connect(const std::string& where, const ConnectOptions& options = {});

}  // namespace varve
