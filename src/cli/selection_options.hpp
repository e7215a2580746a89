/// The options that say what to read; `read`, `export` and `tail` share them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "varve/selection.hpp"

namespace varve::cli {

/// The words of a query: one item by types and tags, or any query as JSON.
struct QueryOptions {
    std::vector<std::string> types, tags;
    std::optional<Query> query;

    /// Nothing when none of them was given.
    [[nodiscard]] std::optional<Query> given() const;
};

/// Reads a query's JSON into `into`.
[[nodiscard]] Command::Parse query_parser(std::optional<Query>& into);

struct SelectionOptions {
    std::optional<std::string> stream;
    std::optional<std::string> category;
    QueryOptions query;
    bool backward = false;
    std::optional<Position> from, until;
    std::optional<Revision> from_revision, until_revision;
    std::optional<Timestamp> as_of;
    std::optional<std::uint64_t> limit;

    [[nodiscard]] Selection selection() const;
};

/// Declares `--stream`, `--category`, `--type`, `--tag` and `--query`.
void add_source_options(Command& command, SelectionOptions& options);

/// Declares the source, `--from`, `--until`, their revision twins, `--as-of` and `-n,--limit`.
void add_selection_options(Command& command, SelectionOptions& options);

}  // namespace varve::cli
