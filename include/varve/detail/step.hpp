/// Inside the model: how typed functions (`evolve`, `on`) are reached from the name of an event's type.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "varve/codec.hpp"
#include "varve/detail/state_form.hpp"
#include "varve/detail/step_table.hpp"
#include "varve/detail/stored_names.hpp"
#include "varve/detail/unknown.hpp"
#include "varve/detail/upcast.hpp"
#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/personal.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::detail {

/// The names of a reader's events, checked: stored data could not tell two of one name apart.
template <class... E>
consteval void require_names() {
    constexpr bool different = [] {
        std::array<std::string_view, sizeof...(E)> names{event_type<E>()...};
        std::sort(names.begin(), names.end());
        return std::adjacent_find(names.begin(), names.end()) == names.end();
    }();
    static_assert(different,
                  "varve: two events of one reader are stored under the same name; give one of them a `version` or a "
                  "`type` of its own");
}

/// How a state is made and folded.
struct StateType {
    std::string_view name;
    std::string_view category;
    const StepTable<Step>& steps;
    std::shared_ptr<void> (*make)();
    /// The query that a state asks for with its `facts`; nullptr: it is folded from a stream.
    Query (*facts)(const std::string& key);
    /// How it is kept as a snapshot; nullptr: it is not.
    const StateForm* form;
    StoredNames stored;
};

template <class S, class E>
void evolve_with(S& state, const E& fact) {
    static_assert(
        requires { state.evolve(fact); },
        "varve: a state needs `void evolve(const Event&)` for every event that its Events list names");
    state.evolve(fact);
    settle(state);
}

template <class S, class E>
Result<> evolve_step(void* state, const Event& event) {
    const Fact<E> fact(event);
    if (!fact.read.ok()) return fact.read.error();
    evolve_with(*static_cast<S*>(state), *fact);
    return {};
}

template <class S, class Old>
Result<> evolve_older_step(void* state, const Event& event) {
    return deliver_older<typename S::Events, Old>(
        event, [&](const auto& fact) { evolve_with(*static_cast<S*>(state), fact); });
}

template <class S>
Result<> evolve_raw_step(void* state, const Event& event) {
    if constexpr (takes_raw<S>) {
        static_assert(
            requires(S& target) { target.evolve(event); },
            "varve: a state with unknown = varve::Unknown::raw needs `void evolve(const varve::Event&)`");
        static_cast<S*>(state)->evolve(event);
        settle(*static_cast<S*>(state));
    }
    return {};
}

template <class S, class... E, class... Old, class... Ignored>
const StepTable<Step>& evolve_steps(Events<E...>, Events<Old...>, Events<Ignored...>) {
    require_names<E..., Old..., Ignored...>();
    static const StepTable<Step> steps({{event_type<E>(), StepKind::listed, &evolve_step<S, E>}...,
                                        {event_type<Old>(), StepKind::older, &evolve_older_step<S, Old>}...,
                                        {event_type<Ignored>(), StepKind::ignored, nullptr}...},
                                       unknown_rule<S>(), {{}, StepKind::listed, &evolve_raw_step<S>});
    return steps;
}

/// A state whose facts are no stream, but what a query finds.
template <class S>
concept HasFacts = requires(const std::string& key) { S::facts(key); };

template <class S>
Query facts_of_state(const std::string& key) {
    static_assert(std::is_same_v<decltype(S::facts(key)), Query>,
                  "varve: the facts of a state are a query: static varve::Query facts(const std::string& key)");
    return S::facts(key);
}

template <class S>
constexpr auto facts_function() -> Query (*)(const std::string&) {
    if constexpr (HasFacts<S>) {
        return &facts_of_state<S>;
    } else {
        return nullptr;
    }
}

template <class S>
const StateType& state_type() {
    static_assert(HasEvents<S>, "varve: a state lists its events: using Events = varve::Events<A, B>;");
    static_assert(std::default_initializable<S>, "varve: a state is folded from its default value, so it needs one");
    using Older = OlderFor<S, typename S::Events>;
    static const StateType type{reflect::type_name<S>(),
                                category_of_state<S>(),
                                evolve_steps<S>(typename S::Events{}, Older{}, IgnoredBy<S>{}),
                                [] { return std::shared_ptr<void>(std::make_shared<S>()); },
                                facts_function<S>(),
                                state_form<S, Joined<typename S::Events, Older>>(),
                                {.events = stored_parts(WithOlderOf<typename S::Events>{})}};
    return type;
}

}  // namespace varve::detail
