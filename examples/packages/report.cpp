#include <algorithm>

#include "packages/import.hpp"
#include "packages/inventory.hpp"
#include "packages/journal.hpp"
#include "packages/sections.hpp"
#include "packages/wiring.hpp"

namespace packages {
namespace {

using examples::counted;
using examples::grouped;

std::string since(const PackageRow& row) {
    return row.since.empty() ? "before the log begins" : row.since;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size() + 1), ' ');
    return text;
}

std::string in_words(const Day& day) {
    return counted(day.installs, "package installed", "packages installed") + ", " + grouped(day.upgrades) +
           " upgraded, " + grouped(day.removals) + " removed";
}

std::string in_words(const Imported& imported, std::chrono::steady_clock::duration time) {
    const std::uint64_t fresh = imported.recorded.lines - imported.recorded.known;
    const std::uint64_t before = imported.skipped + imported.recorded.known;
    if (fresh == 0) return "nothing new: all " + counted(before, "line was", "lines were") + " recorded before";
    std::string text = counted(fresh, "line", "lines") + " in " + examples::seconds(time) + ", " +
                       examples::per_second(fresh, time) + " a second";
    if (before > 0) text += "; " + grouped(before) + " recorded before";
    return text;
}

}  // namespace

varve::Result<> show_import(examples::Page& page, varve::App& app, const std::vector<FoundLog>& logs) {
    std::uint64_t total = 0;
    for (const FoundLog& log : logs) {
        page.fact(log.path.filename().string(),
                  counted(log.lines, "line", "lines") + ", from " + log.first_line.substr(0, 19));
        total += log.lines;
    }
    const auto began = std::chrono::steady_clock::now();
    const auto imported = import_logs(
        app, logs, {.acknowledged = {}, .progress = [&](std::uint64_t done) { page.progress(done, total); }});
    page.progress(total, total);
    if (!imported) return imported.error();
    const auto time = std::chrono::steady_clock::now() - began;
    page.fact("read", in_words(*imported, time));
    if (imported->recorded.lines > imported->recorded.known) {
        page.fact("", "each line a command, decided, and durable when it was acknowledged");
    }
    const auto info = app.store().info();
    if (!info) return info.error();
    page.fact("store", counted(info->events, "event", "events") + " in " + counted(info->commits, "commit", "commits"));
    return {};
}

varve::Result<> show_report(examples::Page& page, const varve::App& app) {
    const auto installed = app.ask(Installed{}, latest(app));
    if (!installed.ok()) return installed.error();
    const auto found = std::count_if(installed->begin(), installed->end(), [](const auto& row) { return row.found; });
    page.fact("installed", counted(installed->size(), "package", "packages") + ", of which " +
                               grouped(static_cast<std::uint64_t>(found)) + " were there before the log begins");
    const auto newest = app.ask(Newest{5}, latest(app));
    if (!newest.ok()) return newest.error();
    std::string label = "newest";
    for (const PackageRow& row : *newest) {
        page.fact(label, padded(row.package, 34) + padded(row.installed_version, 26) + since(row));
        label.clear();
    }
    const auto busiest = app.ask(BusiestDay{}, latest(app));
    if (!busiest.ok()) return busiest.error();
    if (*busiest) {
        page.fact("busiest day", (*busiest)->day + ": " + in_words(**busiest));
        page.fact("", counted((*busiest)->runs, "run of dpkg", "runs of dpkg") + ", " +
                          counted((*busiest)->lines, "line", "lines"));
    }
    return show_doubts(page, app);
}

varve::Result<> show_doubts(examples::Page& page, const varve::App& app) {
    constexpr std::size_t shown_at_most = 5;
    const auto doubts = app.ask(Doubts{}, latest(app));
    if (!doubts.ok()) return doubts.error();
    std::string label = "not believed";
    std::size_t shown = 0;
    for (const Doubt& doubt : *doubts) {
        if (++shown > shown_at_most) break;
        page.fact(label, doubt.reason + ": line " + grouped(doubt.line) + " of " + doubt.log + ": " + doubt.text);
        label.clear();
    }
    if (doubts->size() > shown_at_most) page.fact("", "and " + grouped(doubts->size() - shown_at_most) + " more");
    return {};
}

varve::Result<> show_history(examples::Page& page, const varve::App& app, const std::string& package) {
    const auto row = app.ask(WhatAbout{package}, latest(app));
    if (!row.ok()) return row.error();
    if (!*row) {
        return varve::Error{varve::Code::not_found, "no log speaks of '" + package + "'; names are like libc6:amd64"};
    }
    const auto history = app.ask(HistoryOf{package}, latest(app));
    if (!history.ok()) return history.error();
    std::string label = package;
    for (const Milestone& milestone : *history) {
        page.fact(label, padded(milestone.at, 21) + milestone.what +
                             (milestone.version.empty() ? "" : " " + milestone.version));
        label.clear();
    }
    page.fact(label, "now " + (*row)->status + ((*row)->version.empty() ? "" : " " + (*row)->version));
    return {};
}

}  // namespace packages
