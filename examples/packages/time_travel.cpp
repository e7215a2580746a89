#include <algorithm>
#include <map>

#include "packages/history_check.hpp"
#include "packages/inventory.hpp"
#include "packages/journal.hpp"
#include "packages/sections.hpp"
#include "packages/wiring.hpp"

namespace packages {
namespace {

using examples::counted;
using examples::grouped;

/// A moment worth a visit: the end of the first day.
varve::Result<std::string> chosen_moment(const varve::App& app) {
    const auto days = app.ask(Days{}, latest(app));
    if (!days.ok()) return days.error();
    return days->empty() ? std::string() : days->front().day + " 23:59:59";
}

/// The read model as it was then. Nothing: the logs begin later.
varve::Result<std::optional<varve::Replayed<Inventory>>> inventory_at(const varve::App& app, const std::string& as_of) {
    const auto moment = app.ask(MomentOf{as_of}, latest(app));
    if (!moment.ok()) return moment.error();
    if (!*moment) return std::optional<varve::Replayed<Inventory>>();
    auto replayed = app.replay<Inventory>(varve::as_of(varve::Position{(*moment)->position - 1}));
    if (!replayed) return std::move(replayed).error();
    return std::optional(std::move(*replayed));
}

struct Changes {
    std::uint64_t added = 0, removed = 0, upgraded = 0;
    std::uint64_t mentioned_later = 0;  ///< there then already, but the logs tell it later
    std::string example;                ///< one that has another version
};

Changes between(const std::vector<PackageRow>& then, const std::vector<PackageRow>& now) {
    std::map<std::string, std::string> versions;
    for (const PackageRow& row : then) versions[row.package] = row.installed_version;
    Changes changes;
    for (const PackageRow& row : now) {
        const auto before = versions.find(row.package);
        if (before == versions.end()) {
            ++(row.found ? changes.mentioned_later : changes.added);
            continue;
        }
        if (before->second != row.installed_version) {
            ++changes.upgraded;
            if (changes.example.empty()) {
                changes.example = row.package + " was " + before->second + ", is " + row.installed_version;
            }
        }
        versions.erase(before);
    }
    changes.removed = versions.size();
    return changes;
}

}  // namespace

varve::Result<> show_time_travel(examples::Page& page, const varve::App& app, std::string as_of) {
    if (as_of.empty()) {
        auto chosen = chosen_moment(app);
        if (!chosen) return std::move(chosen).error();
        as_of = *std::move(chosen);
    }
    const auto then = inventory_at(app, as_of);
    if (!then) return then.error();
    if (!*then) {
        page.fact(as_of, "the logs begin later");
        return {};
    }
    const varve::Position last = (*then)->position() - 1;
    const auto was = (*then)->ask(Installed{});
    const auto is = app.ask(Installed{}, latest(app));
    if (!was.ok()) return was.error();
    if (!is.ok()) return is.error();
    const Changes changes = between(*was, *is);
    page.fact("then", as_of + ", which is position " + grouped(last.value) + " of the store");
    page.fact("installed", counted(was->size(), "package", "packages") + "; now " + grouped(is->size()));
    if (changes.mentioned_later > 0) {
        page.fact("", "and " + grouped(changes.mentioned_later) + " more that the logs mention only later");
    }
    page.fact("since then", grouped(changes.added) + " added, " + grouped(changes.removed) + " removed, " +
                                grouped(changes.upgraded) + " with another version");
    if (!changes.example.empty()) page.fact("", changes.example);
    const auto folded = fold_packages(app, last);
    if (!folded) return folded.error();
    const Standings replayed = standings_of((*then)->model().packages.all());
    page.proof(*folded == replayed, "the read model replayed to that position = " +
                                        counted(folded->size(), "entity", "entities") + " loaded as of it");
    return {};
}

varve::Result<> show_installed(examples::Page& page, const varve::App& app, const std::string& as_of) {
    std::vector<PackageRow> rows;
    if (as_of.empty()) {
        const auto now = app.ask(Installed{}, latest(app));
        if (!now.ok()) return now.error();
        rows = *now;
    } else {
        const auto then = inventory_at(app, as_of);
        if (!then) return then.error();
        if (!*then) return varve::Error{varve::Code::not_found, "the logs begin after " + as_of};
        const auto answer = (*then)->ask(Installed{});
        if (!answer.ok()) return answer.error();
        rows = *answer;
    }
    for (const PackageRow& row : rows) page.line(row.package + " " + row.installed_version);
    return {};
}

}  // namespace packages
