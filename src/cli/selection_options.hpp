/// The options that say what to read; `read`, `export` and `tail` share them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command_line.hpp"
#include "varve/selection.hpp"

namespace varve::cli {

struct SelectionOptions {
    std::optional<std::string> stream;
    std::optional<std::string> category;
    bool backward = false;
    std::optional<Position> from, until;
    std::optional<Revision> from_revision, until_revision;
    std::optional<Timestamp> as_of;
    std::optional<std::uint64_t> limit;

    [[nodiscard]] Selection selection() const;
};

/// Declares `--stream` and `--category`.
void add_source_options(Command& command, SelectionOptions& options);

/// Declares the source, `--from`, `--until`, their revision twins, `--as-of` and `-n,--limit`.
void add_selection_options(Command& command, SelectionOptions& options);

}  // namespace varve::cli
