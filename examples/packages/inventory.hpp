/// Read model: every package that the logs speak of, as it stands. Answers "what is installed?", also for the past:
/// App::replay builds the same table up to a position.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "packages/facts.hpp"
#include "varve/app.hpp"

namespace packages {

struct PackageRow {
    std::string package;            ///< `libc6:amd64`
    std::string status, version;    ///< as dpkg last wrote it
    std::string installed_version;  ///< what works; empty when it does not (any more, or not yet)
    std::string since;              ///< when that version began to work; empty: before the log began
    bool found = false;             ///< it was there before the log began
};

/// Nothing: no log speaks of it.
struct WhatAbout {
    std::string package;
    using Answer = std::optional<PackageRow>;
};

/// All that the logs speak of, by name.
struct AllPackages {
    using Answer = std::vector<PackageRow>;
};

/// What works, by name.
struct Installed {
    using Answer = std::vector<PackageRow>;
};

/// What began to work last, the newest first.
struct Newest {
    std::size_t count = 5;
    using Answer = std::vector<PackageRow>;
};

struct Inventory {
    using Events = varve::Events<Found, StatusChanged>;
    using Queries = varve::Queries<WhatAbout, AllPackages, Installed, Newest>;

    varve::Table<PackageRow> packages;

    void on(const Found& e);
    void on(const StatusChanged& e);

    [[nodiscard]] std::optional<PackageRow> answer(const WhatAbout& query) const;
    [[nodiscard]] std::vector<PackageRow> answer(const AllPackages& query) const;
    [[nodiscard]] std::vector<PackageRow> answer(const Installed& query) const;
    [[nodiscard]] std::vector<PackageRow> answer(const Newest& query) const;
};

}  // namespace packages
