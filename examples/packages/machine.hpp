/// What the machine itself says: dpkg's own database, and how the folded history compares with it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "varve/result.hpp"

namespace packages {

/// A package as dpkg (or the history) sees it; `name` is `libc6:amd64`.
struct Standing {
    std::string status, version;
    friend bool operator==(const Standing&, const Standing&) = default;
};

using Standings = std::map<std::string, Standing>;

/// All packages that dpkg-query knows now. With a file: lines of `name:arch status version`, as if it had answered so.
/// `unavailable`: there is no dpkg-query on this machine, or it failed.
varve::Result<Standings> ask_dpkg(const std::string& file = {});

struct Difference {
    std::string package, in_history, in_dpkg, why;
};

struct Comparison {
    std::size_t equal = 0;                ///< packages of the history of which dpkg says the same
    std::vector<Difference> differences;  ///< all others of the history
    std::vector<std::string> not_in_log;  ///< what dpkg has and the log never speaks of, by name
};

/// `history`: every package of the log, as folded.
[[nodiscard]] Comparison compare(const Standings& history, const Standings& dpkg);

}  // namespace packages
