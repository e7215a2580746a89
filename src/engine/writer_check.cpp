// What the writer judges at a commit's place in the order: conditions, tombstones, and the settings that it brings.
#include <memory>
#include <utility>
#include <variant>

#include "engine/writer.hpp"
#include "store/conflict.hpp"
#include "store/repeat.hpp"
#include "store/rules.hpp"

namespace varve::engine {

std::optional<Error> Writer::check(const Request& request, const Known& known) {
    for (std::size_t i = 0; i < request.parts.size(); ++i) {
        if (known.parts[i]->head.ended()) return store::tombstone_error(request.parts[i].stream);
    }
    for (std::size_t i = 0; i < request.settings.size(); ++i) {
        if (known.subjects[i]->head.ended()) return store::tombstone_error(request.settings[i].subject);
    }
    auto query = request.queries.begin();
    for (std::size_t i = 0; i < request.commit.conditions.size(); ++i) {
        const Condition& condition = request.commit.conditions[i];
        const auto* stream_is = std::get_if<StreamIs>(&condition);
        auto held = stream_is != nullptr ? store::check(*stream_is, i, known.conditions[i]->head.standing())
                                         : store::check(std::get<NoEventMatches>(condition), i, (query++)->found);
        if (!held) return std::move(held).error();
    }
    return std::nullopt;
}

Revision Writer::truncated(const Request& request, const Known& known) {
    for (std::size_t i = 0; i < known.conditions.size(); ++i) {
        if (known.conditions[i] == nullptr || known.conditions[i]->head.ruling == nullptr) continue;
        const auto locator = store::locator_of(request.commit);
        if (locator && locator->stream == std::get<StreamIs>(request.commit.conditions[i]).stream) {
            return known.conditions[i]->head.ruling->first;
        }
    }
    return Revision{0};
}

void Writer::rule(Request& request, StreamTable::Visit& table, const Known& known, Position first) {
    for (std::size_t i = 0; i < request.settings.size(); ++i) {
        Request::Settings& settings = request.settings[i];
        StreamTable::Entry& subject = *known.subjects[i];
        const Revision events = subject.head.last ? *subject.head.last + 1 : Revision{0};
        const Revision removed = store::truncated(settings.rules, events - settings.later);
        table.rule(subject, std::make_shared<const Ruling>(
                                Ruling{.at = first + settings.event, .rules = settings.rules, .first = removed}));
    }
}

}  // namespace varve::engine
