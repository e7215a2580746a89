/// The package history of this machine as events: see `packages --help` and docs/examples/packages.md.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>

#include "packages/help.hpp"
#include "packages/history_check.hpp"
#include "packages/import.hpp"
#include "packages/journal.hpp"
#include "packages/options.hpp"
#include "packages/sections.hpp"
#include "packages/wiring.hpp"
#include "shared/child.hpp"

namespace packages {
namespace {

std::atomic<bool> interrupted = false;

bool stopped() {
    return interrupted;
}

void stop_on_signals() {
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = true; };  // without SA_RESTART: a waiting poll returns at once
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

varve::Result<> no_history(examples::Page& page, const Options& options) {
    page.text("This machine has no package history: " + options.log + " and its rotated copies are missing or empty.");
    page.text("Another log can be given with --log FILE.");
    return {};
}

varve::Result<> follow_live(examples::Page& page, varve::App& app, const Options& options) {
    page.section("Live");
    page.text("Following " + options.log + ". Try `apt-get install hello` in another terminal; Ctrl-C ends.");
    stop_on_signals();
    auto followed = follow(page, app, options.log, stopped);
    page.line("");
    page.text("Stopped. Everything shown is in the store.");
    return followed;
}

void show_next(examples::Page& page, const Options& options, const varve::App& app) {
    const Home home{options.data};
    const auto upgraded = app.ask(MostUpgraded{}, latest(app));
    page.line(options.varve + " info " + home.store());
    page.line(options.varve + " streams " + home.store() + " -n 10");
    if (upgraded.ok() && *upgraded) page.line(options.varve + " read " + home.store() + " -s package-" + **upgraded);
    page.line(options.varve + " read " + home.store() + " --backward -n 5");
    page.line(options.varve + " verify " + home.store());
}

varve::Result<> play(examples::Page& page, varve::App& app, const Options& options, const std::vector<FoundLog>& logs) {
    page.section("Import");
    if (auto shown = show_import(page, app, logs); !shown) return shown;
    page.section("Questions");
    if (auto shown = show_report(page, app); !shown) return shown;
    if (const auto package = app.ask(MostUpgraded{}); package.ok() && *package) {
        if (auto shown = show_history(page, app, **package); !shown) return shown;
    }
    page.section("Time travel");
    if (auto shown = show_time_travel(page, app, options.as_of); !shown) return shown;
    page.section("Does it hold?");
    if (auto proved = show_proof(page, app, options.dpkg); !proved) return std::move(proved).error();
    page.section("Kill it");
    return show_crash(page, logs, options.data);
}

varve::Result<> import_quietly(varve::App& app, const std::vector<FoundLog>& logs, int acks) {
    const auto report = [acks](const Place& place, const varve::Receipt& receipt) {
        examples::report(acks, place.line << 32U | receipt.last.value);
    };
    const auto imported = import_logs(app, logs, {.acknowledged = report});
    if (!imported) return imported.error();
    return {};
}

varve::Result<> write_side(examples::Page& page, const Options& options) {
    const auto logs = find_logs(options.log);
    if (!logs) return logs.error();
    if (options.verb == "crash") return show_crash(page, *logs, options.data);
    auto app = open_app(Home{options.data});
    if (!app) return std::move(app).error();
    if (options.acks) return import_quietly(*app, *logs, *options.acks);
    if (options.verb == "play") {
        page.title("packages", "the package history of this machine, as events");
        if (logs->empty()) return no_history(page, options);
        return play(page, *app, options, *logs);
    }
    if (logs->empty()) {
        if (auto told = no_history(page, options); !told || options.verb == "import") return told;
    } else if (auto shown = show_import(page, *app, *logs); !shown) {
        return shown;
    }
    return options.verb == "follow" ? follow_live(page, *app, options) : varve::Result<>();
}

varve::Result<> read_side(examples::Page& page, const Options& options) {
    const auto app = open_to_look(Home{options.data});
    if (!app) return app.error();
    if (options.verb == "report") return show_report(page, *app);
    if (options.verb == "history") return show_history(page, *app, options.package);
    if (options.verb == "installed") return show_installed(page, *app, options.as_of);
    if (options.verb == "next") {
        show_next(page, options, *app);
        return {};
    }
    const auto proved = show_proof(page, *app, options.dpkg);
    if (!proved) return proved.error();
    if (*proved) return {};
    return varve::Error{varve::Code::failed_precondition, "the history and the machine differ, see above"};
}

varve::Result<> run(const Options& options) {
    examples::Page page;
    const bool writes =
        options.verb == "play" || options.verb == "import" || options.verb == "follow" || options.verb == "crash";
    return writes ? write_side(page, options) : read_side(page, options);
}

}  // namespace
}  // namespace packages

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    const bool asks = std::ranges::any_of(arguments, [](const auto& word) { return word == "--help" || word == "-h"; });
    if (asks || arguments.empty()) {
        (asks ? std::cout : std::cerr) << packages::help(arguments.empty() ? "" : arguments[0]);
        return asks ? 0 : 2;
    }
    const auto options = packages::read_options(arguments);
    const auto done = options.ok() ? packages::run(*options) : varve::Result<>(options.error());
    if (done) return 0;
    std::cerr << "packages: " << done.error().message << '\n';
    return options.ok() ? 1 : 2;
}
