#include <algorithm>
#include <filesystem>
#include <map>

#include "packages/facts.hpp"
#include "packages/history_check.hpp"
#include "packages/import.hpp"
#include "packages/inventory.hpp"
#include "packages/sections.hpp"
#include "packages/wiring.hpp"
#include "shared/child.hpp"
#include "varve/json.hpp"

namespace packages {
namespace {

using examples::counted;
using examples::grouped;

constexpr std::uint64_t kills = 3;

/// Acknowledged lines by the position of their event, as the child reported them: both halves of one number.
using Acks = std::map<std::uint64_t, std::uint64_t>;

void note(Acks& acks, std::uint64_t reported) {
    acks[reported & 0xffffffffU] = reported >> 32U;
}

/// One life of the child. It is killed as soon as it has reported `enough` lines; what was in the pipe by then counts,
/// for it was acknowledged. Answers how many lines that were.
varve::Result<std::uint64_t> live_and_die(const FoundLog& log, const Home& home, std::uint64_t enough, Acks& acks) {
    auto child = examples::Child::start({"import", "--log", log.path.string(), "--data", home.folder.string()});
    if (!child) return std::move(child).error();
    std::uint64_t reported = 0;
    while (const auto ack = child->next()) {
        note(acks, *ack);
        if (++reported == enough) child->kill();
    }
    child->wait();
    return reported;
}

/// How many acknowledged lines are not where they were acknowledged.
varve::Result<std::uint64_t> missing(const varve::Store& store, Acks acks) {
    struct Fact {
        Place place;
    };
    auto cursor = store.read({});
    if (!cursor) return std::move(cursor).error();
    auto read = cursor->each([&](const varve::Event& event) {
        const auto ack = acks.find(event.position.value);
        if (ack == acks.end()) return;
        const auto fact = varve::from_json<Fact>(event.data);
        if (fact.ok() && fact->place.line == ack->second) acks.erase(ack);
    });
    if (!read) return std::move(read).error();
    return acks.size();
}

varve::Result<std::uint64_t> missing(const Home& home, const Acks& acks) {
    auto store = varve::open(home.store());
    if (!store) return std::move(store).error();
    return missing(*store, acks);
}

/// The same log imported without a disk and without a disturbance.
varve::Result<std::map<std::string, std::string>> undisturbed(const FoundLog& log) {
    auto app = open_in_memory();
    if (!app) return std::move(app).error();
    if (auto imported = import_logs(*app, {log}); !imported) return std::move(imported).error();
    return contents(app->store());
}

varve::Result<> show_resumed(examples::Page& page, const FoundLog& log, const Home& home) {
    auto app = open_app(home);
    if (!app) return std::move(app).error();
    if (auto imported = import_logs(*app, {log}); !imported) return std::move(imported).error();
    const auto resumed = contents(app->store());
    const auto quiet = undisturbed(log);
    if (!resumed) return resumed.error();
    if (!quiet) return quiet.error();
    page.proof(*resumed == *quiet, "resumed and finished, it holds what an undisturbed import holds, byte by byte: " +
                                       counted(quiet->size(), "stream", "streams"));
    const auto folded = fold_packages(*app);
    const auto rows = app->ask(AllPackages{}, latest(*app));
    if (!folded) return folded.error();
    if (!rows.ok()) return rows.error();
    const bool kept = *folded == standings_of(*rows);
    page.proof(kept, "its SQLite read model lost and doubled nothing");
    if (*resumed == *quiet && kept) return {};
    return varve::Error{varve::Code::data_loss, "the resumed import differs from the undisturbed one"};
}

}  // namespace

varve::Result<> show_crash(examples::Page& page, const std::vector<FoundLog>& logs, const std::string& data) {
    if (logs.empty()) return {};
    const FoundLog& log = *std::max_element(logs.begin(), logs.end(),
                                            [](const FoundLog& a, const FoundLog& b) { return a.lines < b.lines; });
    const Home home{std::filesystem::path(data) / "crash"};
    std::error_code ignored;
    std::filesystem::remove_all(home.folder, ignored);
    page.fact("",
              "a child process imports " + log.path.filename().string() + " and reports each line once it is durable");
    Acks acks;
    for (std::uint64_t kill = 1; kill <= kills; ++kill) {
        const auto reported = live_and_die(log, home, std::max<std::uint64_t>(log.lines / (kills + 1), 1), acks);
        if (!reported) return reported.error();
        const auto lost = missing(home, acks);
        if (!lost) return lost.error();
        page.proof(*lost == 0, "kill -9 after " + counted(*reported, "more line", "more lines") + ": reopened, " +
                                   grouped(acks.size() - *lost) + " of " + grouped(acks.size()) +
                                   " acknowledged found");
        if (*lost > 0) return varve::Error{varve::Code::data_loss, "acknowledged lines are gone, see " + home.store()};
    }
    auto shown = show_resumed(page, log, home);
    if (shown) std::filesystem::remove_all(home.folder, ignored);
    return shown;
}

}  // namespace packages
