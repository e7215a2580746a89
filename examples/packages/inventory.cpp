#include "packages/inventory.hpp"

#include <algorithm>

#include "packages/package.hpp"

namespace packages {
namespace {

/// A package whose triggers wait works all the same.
bool works(const std::string& status) {
    return status == "installed" || status == "triggers-awaited" || status == "triggers-pending";
}

}  // namespace

void Inventory::on(const Found& e) {
    packages.put({.package = e.package,
                  .status = "found",
                  .version = e.version,
                  .installed_version = e.version,
                  .since = "",
                  .found = true});
}

void Inventory::on(const StatusChanged& e) {
    packages.update(e.package, [&](PackageRow& row) {
        row.status = e.status;
        row.version = e.version;
        if (works(e.status) && row.installed_version != e.version) {
            row.installed_version = e.version;
            row.since = e.place.at;
        }
        if (!there(e.status)) row.installed_version.clear();
    });
}

std::optional<PackageRow> Inventory::answer(const WhatAbout& query) const {
    return packages.get(query.package);
}

std::vector<PackageRow> Inventory::answer(const AllPackages&) const {
    return packages.all();
}

std::vector<PackageRow> Inventory::answer(const Installed&) const {
    std::vector<PackageRow> installed;
    packages.for_each([&](const PackageRow& row) {
        if (!row.installed_version.empty()) installed.push_back(row);
    });
    return installed;
}

std::vector<PackageRow> Inventory::answer(const Newest& query) const {
    std::vector<PackageRow> rows = answer(Installed{});
    std::stable_sort(rows.begin(), rows.end(),
                     [](const PackageRow& a, const PackageRow& b) { return a.since > b.since; });
    rows.resize(std::min(rows.size(), query.count));
    return rows;
}

}  // namespace packages
