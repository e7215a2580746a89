/// The wiring, and a crowd made up from a seed.
#pragma once

#include <string>
#include <vector>

#include "social/network.hpp"

namespace social {

inline constexpr unsigned threads = 4;

/// Everything that the application does with its App.
void wire(varve::App& app);

struct Plan {
    unsigned people = 60, follows_each = 8, posts = 150;
    unsigned share_one_in = 3;  ///< posts
};
/// They follow each other, write and share; the same each time. Answers their names.
[[nodiscard]] varve::Result<std::vector<std::string>> crowd(varve::App& app, const Plan& plan);

}  // namespace social
