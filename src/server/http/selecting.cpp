#include "server/http/selecting.hpp"

#include <fmt/format.h>

#include "text/query_json.hpp"

namespace varve::server::http {

namespace {

Error bad(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

Result<Source> source_of(const Parameters& given) {
    const auto types = given.all("type");
    const auto tags = given.all("tag");
    const auto category = given.find("category");
    const auto query = given.find("query");
    const int ways = (category ? 1 : 0) + (query ? 1 : 0) + (!types.empty() || !tags.empty() ? 1 : 0);
    if (ways > 1) return bad("category, query, and type with tag, are three ways to choose events: use one");
    if (category) return Source(Category{std::string(*category)});
    if (query) {
        auto parsed = text::parse_query(*query);
        if (!parsed.ok()) return std::move(parsed).within("query").error();
        return Source(*std::move(parsed));
    }
    if (ways == 0) return Source(All{});
    return Source(Query{{{.types = types, .tags = tags}}});
}

template <class Place>
Result<> put(const Parameters& given, std::string_view name, std::optional<Place>& into) {
    const auto number = given.number(name);
    if (!number.ok()) return number.error();
    if (*number) into = Place{**number};
    return {};
}

}  // namespace

Result<Selection> selection_of(std::string_view query, std::string_view stream) {
    const bool of_stream = !stream.empty();
    auto given = of_stream ? Parameters::parse(query, {"from", "until", "direction", "limit", "as-of"})
                           : Parameters::parse(query, {"from", "until", "direction", "limit", "as-of", "category",
                                                       "type", "tag", "query"});
    if (!given.ok()) return std::move(given).error();
    Selection selection;
    if (of_stream) {
        selection.source = Stream{std::string(stream)};
    } else {
        auto source = source_of(*given);
        if (!source.ok()) return std::move(source).error();
        selection.source = *std::move(source);
    }
    Result<> from = of_stream ? put(*given, "from", selection.from_revision) : put(*given, "from", selection.from);
    if (!from.ok()) return std::move(from).error();
    Result<> until = of_stream ? put(*given, "until", selection.until_revision) : put(*given, "until", selection.until);
    if (!until.ok()) return std::move(until).error();
    const auto limit = given->number("limit");
    if (!limit.ok()) return limit.error();
    selection.limit = limit->value_or(no_limit);
    if (const auto direction = given->find("direction")) {
        if (*direction != "forward" && *direction != "backward")
            return bad(fmt::format("direction is '{}'; it must be forward or backward", *direction));
        if (*direction == "backward") selection.direction = Direction::backward;
    }
    if (const auto moment = given->find("as-of")) {
        selection.as_of = parse_timestamp(*moment);
        if (!selection.as_of) return bad(fmt::format("as-of is '{}'; write it like 2026-11-23T07:51:09Z", *moment));
    }
    return selection;
}

}  // namespace varve::server::http
