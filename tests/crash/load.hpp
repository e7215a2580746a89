/// The process that is going to be killed: several writers and a subscription on one store, without end.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "crash/message.hpp"
#include "varve/commit.hpp"

namespace varve::crash {

struct LoadOptions {
    std::string folder;
    Durability durability = Durability::durable;
    int pipe = -1;                               ///< where messages go
    std::array<std::uint64_t, writers> first{};  ///< number of each writer's first commit
};

/// Commit `number` of a writer: its content says whose it is, so that a reader can tell what was invented.
[[nodiscard]] Commit commit_of(std::uint64_t writer, std::uint64_t number);

/// Returns when the store fails, or the watcher is gone.
int run_load(const LoadOptions& options);

}  // namespace varve::crash
