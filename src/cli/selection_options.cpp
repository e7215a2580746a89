#include "cli/selection_options.hpp"

namespace varve::cli {

Selection SelectionOptions::selection() const {
    Selection selection{.direction = backward ? Direction::backward : Direction::forward,
                        .from = from,
                        .until = until,
                        .from_revision = from_revision,
                        .until_revision = until_revision,
                        .as_of = as_of,
                        .limit = limit.value_or(no_limit)};
    if (stream) selection.source = Stream{*stream};
    if (category) selection.source = Category{*category};
    return selection;
}

void add_source_options(Command& command, SelectionOptions& options) {
    command.option("-s,--stream", "NAME", options.stream, "Only events of this stream, e.g. account-a1")
        .option("-c,--category", "NAME", options.category, "Only events of streams NAME-..., e.g. account")
        .excludes("--stream", "--category");
}

void add_selection_options(Command& command, SelectionOptions& options) {
    add_source_options(command, options);
    command.option("--from", options.from, "Start at this position (included; the first one is 0)")
        .option("--until", options.until, "Stop after this position (included)")
        .option("--from-revision", options.from_revision, "Start at this revision of --stream (included)")
        .option("--until-revision", options.until_revision, "Stop after this revision of --stream (included)")
        .option("--as-of", options.as_of,
                "Only what was committed until then: 2026-11-23T07:51:09Z, or 2026-11-23 (UTC)")
        .option("-n,--limit", options.limit, "At most N events (default: all)")
        .needs("--from-revision", "--stream")
        .needs("--until-revision", "--stream");
}

}  // namespace varve::cli
