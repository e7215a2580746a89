/// Opening a store for a command.
#pragma once

#include <string>

#include "varve/store.hpp"

namespace varve::cli {

/// How every command describes its first argument.
inline constexpr const char* store_help = "The store: the path of its folder";

/// Opens the store to look at it: without the lock, beside a running writer; never creates anything.
[[nodiscard]] inline Result<Store> open_to_read(const std::string& where) {
    return varve::open(where, {.create = false, .read_only = true});
}

}  // namespace varve::cli
