#include "model/facts.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "model/guard.hpp"

namespace varve {

Result<Source> facts_of(const detail::StateType& type, const std::string& stream) {
    if (type.facts == nullptr) return Source(Stream{stream});
    Query query;
    const Result<> asked = guarded(
        [&]() -> Result<> {
            query = type.facts(stream.substr(type.category.size() + 1));
            return {};
        },
        [&] { return fmt::format("facts of {} for {}", type.name, stream); });
    if (!asked.ok()) return asked.error();
    for (Query::Item& item : query.items) {
        if (!item.types.empty()) continue;
        for (const detail::Step& step : type.steps) {
            if (step.kind != detail::StepKind::ignored) item.types.emplace_back(step.type);
        }
    }
    return Source(std::move(query));
}

Result<Selection> selection_as_of(Source facts, const AsOf& as_of) {
    Selection selection{.source = std::move(facts)};
    if (const auto* revision = std::get_if<Revision>(&as_of.place)) {
        if (!std::holds_alternative<Stream>(selection.source)) {
            return Error{.code = Code::invalid_argument,
                         .message =
                             "a state whose facts are a query has no revision, which counts within one stream; "
                             "give a position or a time"};
        }
        selection.until_revision = *revision;
    }
    if (const auto* position = std::get_if<Position>(&as_of.place)) selection.until = *position;
    if (const auto* time = std::get_if<Timestamp>(&as_of.place)) selection.as_of = *time;
    return selection;
}

}  // namespace varve
