/// The application: where it keeps its things, which command is decided by what, which read models there are.
#pragma once

#include <filesystem>
#include <string>

#include "varve/app.hpp"

namespace packages {

/// Where everything lies: the store is the truth, the two SQLite files can be deleted at any time.
struct Home {
    std::filesystem::path folder;

    [[nodiscard]] std::string store() const { return (folder / "store").string(); }
    [[nodiscard]] std::string inventory() const { return (folder / "inventory.sqlite").string(); }
    [[nodiscard]] std::string journal() const { return (folder / "journal.sqlite").string(); }
};

/// Opens (or makes) the store and its read models, for import and questions. One process at a time.
varve::Result<varve::App> open_app(const Home& home);

/// Opens it for questions only, with read models in memory: works beside another process that writes.
varve::Result<varve::App> open_to_look(const Home& home);

/// The same application without a disk.
varve::Result<varve::App> open_in_memory();

/// For `ask`: the answer shall reflect everything that is in the store now.
[[nodiscard]] varve::After latest(const varve::App& app);

}  // namespace packages
