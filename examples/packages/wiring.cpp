#include "packages/wiring.hpp"

#include <initializer_list>
#include <system_error>
#include <utility>

#include "packages/inventory.hpp"
#include "packages/journal.hpp"
#include "packages/log_book.hpp"
#include "packages/package.hpp"

namespace packages {
namespace {

varve::Result<> first_error(std::initializer_list<varve::Wiring> steps) {
    for (const varve::Wiring& step : steps) {
        if (!step.ok()) return step.error();
    }
    return {};
}

varve::Result<> handle_all(varve::App& app) {
    return first_error({
        app.handle<Install, Package>(&Install::package, decide),
        app.handle<Upgrade, Package>(&Upgrade::package, decide),
        app.handle<Configure, Package>(&Configure::package, decide),
        app.handle<RunTriggers, Package>(&RunTriggers::package, decide),
        app.handle<Remove, Package>(&Remove::package, decide),
        app.handle<Purge, Package>(&Purge::package, decide),
        app.handle<Disappear, Package>(&Disappear::package, decide),
        app.handle<SetStatus, Package>(&SetStatus::package, decide),
        app.handle<OpenLog, Log>(&OpenLog::log, decide),
        app.handle<StartRun, Log>(&StartRun::log, decide),
        app.handle<DecideConffile, Log>(&DecideConffile::log, decide),
        app.handle<KeepUnknown, Log>(&KeepUnknown::log, decide),
        app.handle<KeepRefused, Log>(&KeepRefused::log, decide),
    });
}

varve::Result<varve::App> in_memory(varve::Result<varve::Store> store) {
    if (!store) return std::move(store).error();
    varve::App app{*store};
    if (auto handled = handle_all(app); !handled) return std::move(handled).error();
    if (auto projected = first_error({app.project<Inventory>(), app.project<Journal>()}); !projected) {
        return std::move(projected).error();
    }
    return app;
}

}  // namespace

varve::Result<varve::App> open_app(const Home& home) {
    std::error_code failed;
    std::filesystem::create_directories(home.folder, failed);
    if (failed) {
        return varve::Error{varve::Code::permission_denied,
                            home.folder.string() + " cannot be made: " + failed.message() + "; choose another --data"};
    }
    auto store = varve::open(home.store());
    if (!store) return std::move(store).error();
    varve::App app{*store};
    if (auto handled = handle_all(app); !handled) return std::move(handled).error();
    auto projected = first_error(
        {app.project<Inventory>(varve::sqlite(home.inventory())), app.project<Journal>(varve::sqlite(home.journal()))});
    if (!projected) return std::move(projected).error();
    return app;
}

varve::Result<varve::App> open_to_look(const Home& home) {
    return in_memory(varve::open(home.store(), {.create = false, .read_only = true}));
}

varve::Result<varve::App> open_in_memory() {
    return in_memory(varve::open("memory:"));
}

varve::After latest(const varve::App& app) {
    const varve::Position head = app.store().head();
    return head.value == 0 ? varve::After{} : varve::after(head - 1, std::chrono::minutes(1));
}

}  // namespace packages
