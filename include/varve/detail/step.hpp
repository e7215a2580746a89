/// Inside the model: how typed functions (`evolve`, `on`) are reached from the name of an event's type.
#pragma once

#include <array>
#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "varve/codec.hpp"
#include "varve/detail/state_form.hpp"
#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/personal.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::detail {

/// One event type and what to do with it. `apply` answers decoding errors and throws what user code throws.
struct Step {
    std::string_view type;
    Result<> (*apply)(void* object, const Event& event);
};

/// nullptr: the type is none of them.
[[nodiscard]] VARVE_API const Step* find_step(std::span<const Step> steps, std::string_view type);

/// How a state is made and folded.
struct StateType {
    std::string_view name;
    std::string_view category;
    std::span<const Step> steps;
    std::shared_ptr<void> (*make)();
    /// The query that a state asks for with its `facts`; nullptr: it is folded from a stream.
    Query (*facts)(const std::string& key);
    /// How it is kept as a snapshot; nullptr: it is not.
    const StateForm* form;
};

template <class S, class E>
Result<> evolve_step(void* state, const Event& event) {
    auto fact = decode_event<E>(event);
    if (!fact.ok()) return std::move(fact).error();
    static_cast<S*>(state)->evolve(static_cast<const E&>(*fact));
    settle(*static_cast<S*>(state));
    return {};
}

template <class S, class E>
constexpr Step make_evolve_step() {
    static_assert(
        requires(S& state, const E& event) { state.evolve(event); },
        "varve: a state needs `void evolve(const Event&)` for every event that its Events list names");
    return Step{event_type<E>(), &evolve_step<S, E>};
}

template <class S, class... E>
std::span<const Step> evolve_steps(Events<E...>) {
    static const std::array<Step, sizeof...(E)> steps{make_evolve_step<S, E>()...};
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
    static const StateType type{reflect::type_name<S>(),
                                category_of_state<S>(),
                                evolve_steps<S>(typename S::Events{}),
                                [] { return std::shared_ptr<void>(std::make_shared<S>()); },
                                facts_function<S>(),
                                state_form<S, typename S::Events>()};
    return type;
}

}  // namespace varve::detail
