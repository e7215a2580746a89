#include "cli/selection_options.hpp"

#include <string_view>
#include <utility>

#include "text/query_json.hpp"

namespace varve::cli {

std::optional<Query> QueryOptions::given() const {
    if (query) return query;
    if (types.empty() && tags.empty()) return {};
    return Query{{{.types = types, .tags = tags}}};
}

Command::Parse query_parser(std::optional<Query>& into) {
    return [&into](const std::string& text) -> Result<> {
        auto query = text::parse_query(text);
        if (!query) return std::move(query).error();
        into = *std::move(query);
        return {};
    };
}

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
    if (auto asked = query.given()) selection.source = *std::move(asked);
    return selection;
}

void add_source_options(Command& command, SelectionOptions& options) {
    command.option("-s,--stream", "NAME", options.stream, "Only events of this stream, e.g. account-a1")
        .option("-c,--category", "NAME", options.category, "Only events of streams NAME-..., e.g. account")
        .options("--type", "TYPE", options.query.types, "Only events of this type; repeated: of any of them")
        .options("-t,--tag", "TAG", options.query.tags, "Only events with this tag; repeated: with all of them")
        .option("--query", "JSON", "Only events that fit one item: [{\"types\":[...],\"tags\":[...]}, ...]",
                query_parser(options.query.query))
        .excludes("--stream", "--category");
    for (const char* option : {"--type", "--tag", "--query"}) {
        command.excludes(option, "--stream").excludes(option, "--category");
        if (option != std::string_view("--query")) command.excludes("--query", option);
    }
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
