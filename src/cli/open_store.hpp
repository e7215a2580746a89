/// Opening a store for a command.
#pragma once

#include <chrono>
#include <string>

#include "varve/remote.hpp"
#include "varve/store.hpp"

namespace varve::cli {

/// How every command describes its first argument.
inline constexpr const char* store_help = "The store: the path of its folder, or a server: varve://HOST:PORT";
/// Where only a folder will do.
inline constexpr const char* folder_help = "The store: the path of its folder";

/// A person waits for a server that is about to start, and no longer.
inline constexpr std::chrono::seconds patience{2};

[[nodiscard]] inline bool is_server(const std::string& where) {
    return where.starts_with("varve://");
}

/// Opens the store to look at it: without the lock, beside a running writer; never creates anything.
[[nodiscard]] inline Result<Store> open_to_read(const std::string& where) {
    if (is_server(where)) return varve::connect(where, {.patience = patience});
    Result<Store> store = varve::open(where, {.create = false, .read_only = true});
    if (store || store.error().code != Code::not_found) return store;
    Error error = store.error();
    error.message += "; 'varve append' and 'varve import' make a store";
    return error;
}

/// Opens the store to append to it; makes its folder when it is not there.
[[nodiscard]] inline Result<Store> open_to_write(const std::string& where, const OpenOptions& options = {}) {
    if (is_server(where)) return varve::connect(where, {.patience = patience});
    if (where.starts_with("memory:")) {
        return Error{Code::invalid_argument,
                     "'" + where + "' ends with this command, and everything in it: give the path of a folder"};
    }
    return varve::open(where, options);
}

}  // namespace varve::cli
