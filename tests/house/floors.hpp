/// Who may include whom. A room includes rooms on its own floor or below; the edges never one another; the public
/// headers stand on floors too, so that a lower room cannot reach a higher one through them.
#pragma once

#include <optional>
#include <string_view>

#include "house/tree.hpp"

namespace house {

/// The floor of a room (`log` -> 2); nothing for a room that the house does not know.
[[nodiscard]] std::optional<int> floor_of_room(std::string_view room);

/// The floor of a public header (`varve/store.hpp` -> 3). One that is not listed belongs to the model (4).
[[nodiscard]] int floor_of_header(std::string_view include);

/// Includes in src/ that go up, or from edge to edge; includes in include/ that go up or to anything but the
/// standard library; examples that look behind the promise.
[[nodiscard]] Findings check_floors(const File& file);

/// Quoted includes start at the root of src/, include/ or tests/, and name something that is there.
[[nodiscard]] Findings check_includes_resolve(const File& file, const Tree& tree);

/// Headers that cost a second each to read stay in .cpp files.
[[nodiscard]] Findings check_heavy_headers(const File& file);

}  // namespace house
