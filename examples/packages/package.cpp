#include "packages/package.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packages {
namespace {

/// Found, and no status line yet: it is there, nothing more is known. Not one of dpkg's words.
constexpr std::string_view found = "found";

constexpr std::array<std::string_view, 8> known_statuses = {
    "not-installed",   "config-files",     "half-installed",   "unpacked",
    "half-configured", "triggers-awaited", "triggers-pending", "installed",
};

using Objection = std::string_view;  // empty: none

Objection recorded(const Place& place, const Package& package) {
    const auto last = package.recorded.find(place.log);
    return last != package.recorded.end() && place.line <= last->second ? "line.recorded" : "";
}

/// What every line about something installed must fulfil. An unknown package may be anything.
Objection must_be_there(const Place& place, const std::string& version, const Package& package) {
    if (const Objection objection = recorded(place, package); !objection.empty()) return objection;
    if (!package.known()) return "";
    if (!there(package.status)) return "package.not_there";
    return version == package.version || version == package.coming ? "" : "package.other_version";
}

bool any_of(std::string_view status, std::initializer_list<std::string_view> allowed) {
    return status.empty() || status == found || std::find(allowed.begin(), allowed.end(), status) != allowed.end();
}

varve::Decision refuse(Objection objection) {
    return varve::reject(std::string(objection));
}

/// The fact itself; before it, when this is the first we hear of the package, that it was there before.
template <class Fact>
varve::Decision accept(const Package& package, const std::string& version, const Fact& fact) {
    if (package.known()) return varve::accept(fact);
    const Found before{fact.package, version, fact.place};
    return varve::accept(before, fact);
}

}  // namespace

bool there(std::string_view status) {
    return !status.empty() && status != "not-installed" && status != "config-files";
}

varve::Decision decide(const Install& c, const Package& package) {
    if (const Objection objection = recorded(c.place, package); !objection.empty()) return refuse(objection);
    if (there(package.status)) return varve::reject("package.already_there");
    return varve::accept(InstallBegun{c.package, c.version, c.place});
}

varve::Decision decide(const Upgrade& c, const Package& package) {
    const Objection objection = must_be_there(c.place, c.from, package);
    return objection.empty() ? accept(package, c.from, UpgradeBegun{c.package, c.from, c.to, c.place})
                             : refuse(objection);
}

varve::Decision decide(const Configure& c, const Package& package) {
    const Objection objection = must_be_there(c.place, c.version, package);
    if (!objection.empty()) return refuse(objection);
    if (!any_of(package.status, {"unpacked", "half-configured"})) return varve::reject("package.not_unpacked");
    return accept(package, c.version, ConfigureBegun{c.package, c.version, c.place});
}

varve::Decision decide(const RunTriggers& c, const Package& package) {
    const Objection objection = must_be_there(c.place, c.version, package);
    if (!objection.empty()) return refuse(objection);
    if (!any_of(package.status, {"triggers-pending", "triggers-awaited"})) {
        return varve::reject("package.no_trigger");
    }
    return accept(package, c.version, TriggersBegun{c.package, c.version, c.place});
}

varve::Decision decide(const Remove& c, const Package& package) {
    const Objection objection = must_be_there(c.place, c.version, package);
    return objection.empty() ? accept(package, c.version, RemovalBegun{c.package, c.version, c.place})
                             : refuse(objection);
}

varve::Decision decide(const Purge& c, const Package& package) {
    if (const Objection objection = recorded(c.place, package); !objection.empty()) return refuse(objection);
    if (package.status == "not-installed") return varve::reject("package.not_there");
    return accept(package, c.version, PurgeBegun{c.package, c.version, c.place});
}

varve::Decision decide(const Disappear& c, const Package& package) {
    const Objection objection = must_be_there(c.place, c.version, package);
    return objection.empty() ? accept(package, c.version, Disappeared{c.package, c.version, c.place})
                             : refuse(objection);
}

varve::Decision decide(const SetStatus& c, const Package& package) {
    if (const Objection objection = recorded(c.place, package); !objection.empty()) return refuse(objection);
    if (std::find(known_statuses.begin(), known_statuses.end(), c.status) == known_statuses.end()) {
        return varve::reject("status.unknown");
    }
    if (there(c.status) && c.version.empty()) return varve::reject("status.without_version");
    StatusChanged change{c.package, c.status, c.version, c.place};
    if (!package.known()) {
        return there(c.status) ? accept(package, c.version, change) : varve::accept(change);
    }
    if (c.version.empty() || c.version == package.version || c.version == package.coming) {
        return varve::accept(change);
    }
    GapFound gap{c.package, package.version, c.version, c.place};
    return varve::accept(gap, change);
}

void Package::evolve(const Found& e) {
    status = found;
    version = e.version;
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const GapFound& e) {
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const InstallBegun& e) {
    if (status.empty()) status = "not-installed";
    coming = e.version;
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const UpgradeBegun& e) {
    coming = e.to;
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const ConfigureBegun& e) {
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const TriggersBegun& e) {
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const RemovalBegun& e) {
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const PurgeBegun& e) {
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const Disappeared& e) {
    recorded[e.place.log] = e.place.line;
}

void Package::evolve(const StatusChanged& e) {
    status = e.status;
    version = e.version;
    if (status == "installed" || !there(status)) coming.clear();
    recorded[e.place.log] = e.place.line;
}

}  // namespace packages
