/// The SQLite file of a projection, seen from outside: how it is doing, and wishes for its keys in quarantine.
///
///     auto file = varve::look_into_projection("balances.db").value();
///     for (const varve::QuarantinedKey& key : file.quarantined) std::cout << key.key << ": " << key.error << '\n';
///     varve::wish_retry("balances.db", "account-a1").value();   // done by the program, now or when it starts
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "varve/export.hpp"
#include "varve/projection_status.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// What the file says. All but position and quarantine may be a second older than that.
struct ProjectionFile {
    /// A key that is set aside, and what was wished for it and not done yet: `retry`, `discard`, or nothing.
    struct Key : QuarantinedKey {
        std::string wish = {};
    };
    std::string projection;        ///< the name of its type
    std::string store;             ///< the id of the store that it was built from
    Position position;             ///< every event below it is in the rows, but for keys in quarantine
    std::vector<Key> quarantined;  ///< by key

    std::string state = {};                      ///< as ProjectionStatus says it, at `written`; empty: never written
    Position head = {};                          ///< of the store, at `written`
    double events_per_second = 0;                ///< at `written`
    std::optional<std::string> last_error = {};  ///< the last thing that went wrong
    std::optional<Timestamp> written = {};       ///< when the program last wrote all this
};

/// Looks beside a running program; changes nothing. Errors: `not_found` (no such file), `invalid_argument` (no file of a
/// projection), and what SQLite says.
[[nodiscard]] VARVE_API Result<ProjectionFile> look_into_projection(const std::string& path);

/// Asks the program that owns the file to retry a key: within about a second where it runs, or else when it starts.
/// Durable when it returns; the key leaves the quarantine, or has a new error and no wish any more. Errors: `not_found`
/// (no such file, or the key is not in quarantine), `unavailable` (somebody keeps the file locked), and as above.
VARVE_API Result<> wish_retry(const std::string& path, const std::string& key);
/// The same for giving up what the key has missed: its rows stay as they are, and it goes on with its next event.
VARVE_API Result<> wish_discard(const std::string& path, const std::string& key);

}  // namespace varve
