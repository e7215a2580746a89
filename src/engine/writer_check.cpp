// What the writer judges at a commit's place in the order: conditions, tombstones, and the settings that it brings.
#include <algorithm>
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
    const auto ruled = [](const StreamTable::Entry* entry) {
        return entry != nullptr && entry->head.ruling != nullptr;
    };
    if (std::ranges::none_of(known.conditions, ruled)) return Revision{0};
    const auto locator = store::locator_of(request.commit);
    if (!locator) return Revision{0};
    const auto stream = std::ranges::find(request.parts, locator->stream, &Request::Part::stream);
    return known.parts[static_cast<std::size_t>(stream - request.parts.begin())]->head.standing().first;
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
