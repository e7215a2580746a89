/// One struct for each kind of line that dpkg(1) documents under `--log`; read_line tells them apart.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "packages/facts.hpp"

namespace packages {

// To one package.

struct Install {
    std::string package, version;
    Place place;
};

struct Upgrade {
    std::string package, from, to;
    Place place;
};

struct Configure {
    std::string package, version;
    Place place;
};

struct RunTriggers {
    std::string package, version;
    Place place;
};

struct Remove {
    std::string package, version;
    Place place;
};

struct Purge {
    std::string package, version;
    Place place;
};

struct Disappear {
    std::string package, version;
    Place place;
};

struct SetStatus {
    std::string package, status, version;
    Place place;
};

// To one log file.

struct OpenLog {
    std::string log, file, first_line;
};

struct StartRun {
    std::string log, what, command;
    Place place;
};

struct DecideConffile {
    std::string log, file, decision;
    Place place;
};

struct KeepUnknown {
    std::string log, text;
    Place place;
};

struct KeepRefused {
    std::string log, text, reason;
    Place place;
};

/// What a line can ask for.
using Command = std::variant<Install, Upgrade, Configure, RunTriggers, Remove, Purge, Disappear, SetStatus, StartRun,
                             DecideConffile, KeepUnknown>;

/// The line at this place of a log; `place.at` is the line's time, or of the line before where it has none of its own.
/// `text` is without its line end. A line of no documented kind becomes KeepUnknown.
[[nodiscard]] Command read_line(std::string_view text, const Place& place);

/// `2025-06-24 14:36:25` at the beginning of a line; empty when there is no time.
[[nodiscard]] std::string_view time_of(std::string_view text);

/// The text with every byte that is not printable ASCII shown as `\x1b`, cut to 1,000 characters.
[[nodiscard]] std::string legible(std::string_view text);

}  // namespace packages
