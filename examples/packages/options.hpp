/// What the user asks for on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "varve/result.hpp"

namespace packages {

struct Options {
    std::string verb;     ///< play, import, follow, report, installed, history, prove, crash, next
    std::string package;  ///< of `history`
    std::string log = "/var/log/dpkg.log";
    std::string data = "data/packages";
    std::string as_of;             ///< whole: `2025-06-25 00:00:00`; empty: now
    std::string dpkg;              ///< a file to take dpkg-query's answer from
    std::string varve = "varve";   ///< the command line, as it is to be shown
    std::optional<int> acks = {};  ///< a pipe for the child of `crash`
};

/// `invalid_argument` names what is wrong and how it is right.
varve::Result<Options> read_options(std::vector<std::string> arguments);

/// `2025-06-25`, `2025-06-25 14:00`, `2025-06-25T14:00:05`: the whole text of that moment, in the log's own time.
[[nodiscard]] std::optional<std::string> whole_time(std::string text);

}  // namespace packages
