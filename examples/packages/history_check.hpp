/// Folds everything that is in the store, and holds it against what others say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "packages/machine.hpp"
#include "varve/app.hpp"

namespace packages {

/// Every package, folded from its own stream; as of a position when one is given. Packages that did not exist by then
/// are left out.
varve::Result<Standings> fold_packages(const varve::App& app, std::optional<varve::Position> as_of = {});

/// The same as the read model tells it; `rows` as App::replay or App::ask gives them.
template <class Rows>
[[nodiscard]] Standings standings_of(const Rows& rows) {
    Standings standings;
    for (const auto& row : rows) standings[row.package] = {row.status, row.version};
    return standings;
}

/// The content of every stream of the store, type by type and byte by byte: equal for equal histories, in whatever
/// order the streams were written.
varve::Result<std::map<std::string, std::string>> contents(const varve::Store& store);

}  // namespace packages
