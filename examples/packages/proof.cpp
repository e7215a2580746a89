#include <algorithm>

#include "packages/history_check.hpp"
#include "packages/inventory.hpp"
#include "packages/journal.hpp"
#include "packages/sections.hpp"
#include "packages/wiring.hpp"

namespace packages {
namespace {

using examples::counted;
using examples::grouped;

constexpr std::size_t shown_at_most = 8;

void show_differences(examples::Page& page, const std::vector<Difference>& differences) {
    std::size_t shown = 0;
    for (const Difference& difference : differences) {
        if (++shown > shown_at_most) break;
        page.fact(difference.package, "log: " + difference.in_history + "; dpkg: " + difference.in_dpkg);
        page.fact("", difference.why);
    }
    if (differences.size() > shown_at_most)
        page.fact("", "and " + grouped(differences.size() - shown_at_most) + " more");
}

void show_not_in_log(examples::Page& page, const std::vector<std::string>& names) {
    if (names.empty()) return;
    page.fact("not in the log", counted(names.size(), "package that dpkg has and the log never mentions:",
                                        "packages that dpkg has and the log never mentions:"));
    std::string list;
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 5); ++i) list += (i == 0 ? "" : ", ") + names[i];
    page.fact("", list + (names.size() > 5 ? " ..." : ""));
    page.fact("", "they were there before these logs begin and have not changed since");
}

}  // namespace

varve::Result<bool> show_proof(examples::Page& page, const varve::App& app, const std::string& dpkg_file) {
    const auto folded = fold_packages(app);
    if (!folded) return folded.error();
    const auto rows = app.ask(AllPackages{}, latest(app));
    if (!rows.ok()) return rows.error();
    const bool same = standings_of(*rows) == *folded;
    page.proof(same, "the read model = the fold of every stream, " + counted(folded->size(), "package", "packages"));
    if (!same) return varve::Error{varve::Code::data_loss, "the read model is not what the streams say"};

    const auto dpkg = ask_dpkg(dpkg_file);
    if (!dpkg) {
        page.proof(false, dpkg.error().message);
        return false;
    }
    const Comparison comparison = compare(*folded, *dpkg);
    page.proof(comparison.differences.empty(), "the fold = what dpkg-query says now, for " + grouped(comparison.equal) +
                                                   " of " + grouped(folded->size()) + " packages of the log");
    show_differences(page, comparison.differences);
    show_not_in_log(page, comparison.not_in_log);
    return comparison.differences.empty();
}

}  // namespace packages
