/// What dpkg's log tells us, as events. One stream per package (`package-libc6:amd64`) and one per log file
/// (`log-20250624-143625-9c1f`). Names of structs and fields are the stored names.
#pragma once

#include <cstdint>
#include <string>

namespace packages {

/// Which line said it. Part of every fact, so that each can be traced to its line, and so that reading the same
/// line twice is noticed.
struct Place {
    std::string log;         ///< identity of the log file, whatever it is called after a rotation
    std::uint64_t line = 0;  ///< 1, 2, 3 ...
    std::string at;          ///< the line's own time, local and without a zone, as dpkg writes it: 2025-06-24 14:36:25
};

// Of one package.

/// The first line about this package shows that it was there before our log begins.
struct Found {
    std::string package, version;
    Place place;
};

/// The log contradicts itself: between two lines something happened that it does not tell.
struct GapFound {
    std::string package, expected, found;
    Place place;
};

struct InstallBegun {
    std::string package, version;
    Place place;
};

struct UpgradeBegun {
    std::string package, from, to;
    Place place;
};

struct ConfigureBegun {
    std::string package, version;
    Place place;
};

struct TriggersBegun {
    std::string package, version;
    Place place;
};

struct RemovalBegun {
    std::string package, version;
    Place place;
};

struct PurgeBegun {
    std::string package, version;
    Place place;
};

/// All its files were taken over by other packages.
struct Disappeared {
    std::string package, version;
    Place place;
};

/// dpkg wrote this status down. `status` is dpkg's own word; `version` is empty when there is none.
struct StatusChanged {
    std::string package, status, version;
    Place place;
};

// Of one log file.

struct LogOpened {
    std::string log, file, first_line;
};

/// dpkg was started: `archives unpack`, `packages configure` ...
struct RunStarted {
    std::string what, command;
    Place place;
};

/// What became of a configuration file that both sides had changed: `install` or `keep`.
struct ConffileDecided {
    std::string file, decision;
    Place place;
};

/// A line of no documented kind, kept as it is.
struct LineUnknown {
    std::string text;
    Place place;
};

/// A line that the history of its package contradicts, kept with the reason.
struct LineRefused {
    std::string text, reason;
    Place place;
};

}  // namespace packages
