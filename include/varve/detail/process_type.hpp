/// Inside the model: a process without its type, as its worker sees it.
#pragma once

#include <array>
#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "varve/detail/step.hpp"
#include "varve/events.hpp"
#include "varve/json.hpp"
#include "varve/personal.hpp"
#include "varve/process.hpp"

namespace varve::detail {

/// What an `apply`, `fired` or `rejected` works on: the process, and the steps that it answers.
struct Reaction {
    void* process = nullptr;
    Steps steps = {};
};

/// One type of event that a process hears.
struct HearStep {
    Step step;  ///< on a Reaction
    /// The instance that the event belongs to; nothing: none. Throws what user code throws.
    Result<std::optional<std::string>> (*key)(const Event& event);
    bool starts;  ///< whether it begins an instance that there is not yet
};

/// One type of fact that its timers bring back, from JSON. Throws what user code throws.
struct TimerStep {
    std::string_view fact;
    Result<> (*fired)(void* reaction, std::string_view data);
};

/// One command that it sends. `rejected` throws what user code throws.
struct SendStep {
    std::string_view command;
    Result<> (*rejected)(void* reaction, std::string_view data, const Error& error);
};

struct ProcessType {
    std::string_view name;
    std::string_view category;
    std::span<const HearStep> hears;
    std::span<const TimerStep> timers;
    std::span<const SendStep> sends;
    std::shared_ptr<void> (*make)();
    /// Scheduled commands: no state; a timer's fact is the command to send, and with its answer the instance ends.
    bool scheduled = false;
};

template <class P>
concept HasHears = requires { typename P::Hears; };

template <class P>
struct SendsOf {
    using type = Commands<>;
};
template <class P>
    requires requires { typename P::Sends; }
struct SendsOf<P> {
    using type = typename P::Sends;
};
template <class P>
struct TimersOf {
    using type = Timers<>;
};
template <class P>
    requires requires { typename P::Timers; }
struct TimersOf<P> {
    using type = typename P::Timers;
};
/// What begins an instance: `using Starts = varve::Events<OrderPlaced>;`, else whatever it hears.
template <class P>
struct StartsOf {
    using type = typename P::Hears;
};
template <class P>
    requires requires { typename P::Starts; }
struct StartsOf<P> {
    using type = typename P::Starts;
};

template <class P, class E>
Result<> hear_step(void* reaction, const Event& event) {
    auto fact = decode_event<E>(event);
    if (!fact.ok()) return std::move(fact).error();
    Reaction& to = *static_cast<Reaction*>(reaction);
    P& process = *static_cast<P*>(to.process);
    if constexpr (requires(const E& e) { process.on(e, event); }) {
        to.steps.add(process.on(static_cast<const E&>(*fact), event));
    } else {
        to.steps.add(process.on(static_cast<const E&>(*fact)));
    }
    settle(process);
    return {};
}

/// A text or an integer, or an optional of one.
template <class K>
std::optional<std::string> instance_key(const K& key) {
    if constexpr (is_a<K, std::optional>) {
        return key ? std::optional(key_text(*key)) : std::nullopt;
    } else {
        return key_text(key);
    }
}

template <class P, class E>
Result<std::optional<std::string>> key_step(const Event& event) {
    auto fact = decode_event<E>(event);
    if (!fact.ok()) return std::move(fact).error();
    if constexpr (requires(const E& e) { P::key(e, event); }) {
        return instance_key(P::key(static_cast<const E&>(*fact), event));
    } else {
        return instance_key(P::key(static_cast<const E&>(*fact)));
    }
}

template <class P, class E>
HearStep make_hear_step() {
    static_assert(
        requires(P& process, const E& fact) {
            { process.on(fact) } -> std::same_as<Steps>;
        } ||
            requires(P& process, const E& fact, const Event& event) {
                { process.on(fact, event) } -> std::same_as<Steps>;
            },
        "varve: a process needs `varve::Steps on(const Event&)` for every event that its Hears list names");
    static_assert(
        requires(const E& fact) { P::key(fact); } ||
            requires(const E& fact, const Event& event) { P::key(fact, event); },
        "varve: a process needs `static std::string key(const Event&)` for every event that its Hears list names");
    return HearStep{{event_type<E>(), &hear_step<P, E>}, &key_step<P, E>, StartsOf<P>::type::template contains<E>};
}

template <class P, class T>
Result<> fired_step(void* reaction, std::string_view data) {
    auto fact = from_json<T>(data);
    if (!fact.ok()) return std::move(fact).error();
    Reaction& to = *static_cast<Reaction*>(reaction);
    P& process = *static_cast<P*>(to.process);
    to.steps.add(process.on(static_cast<const T&>(*fact)));
    settle(process);
    return {};
}

template <class P, class T>
TimerStep make_timer_step() {
    static_assert(
        requires(P& process, const T& fact) {
            { process.on(fact) } -> std::same_as<Steps>;
        }, "varve: a process needs `varve::Steps on(const Fact&)` for every fact that its Timers list names");
    return TimerStep{event_type<T>(), &fired_step<P, T>};
}

template <class P, class C>
Result<> rejected_step(void* reaction, std::string_view data, const Error& error) {
    auto command = from_json<C>(data);
    if (!command.ok()) return std::move(command).error();
    Reaction& to = *static_cast<Reaction*>(reaction);
    P& process = *static_cast<P*>(to.process);
    to.steps.add(process.on(Rejected<C>{std::move(*command), error}));
    settle(process);
    return {};
}

template <class P, class C>
SendStep make_send_step() {
    static_assert(
        requires(P& process, const Rejected<C>& rejected) {
            { process.on(rejected) } -> std::same_as<Steps>;
        },
        "varve: a process needs `varve::Steps on(const varve::Rejected<Command>&)` for every command that its Sends "
        "list "
        "names");
    return SendStep{reflect::type_name<C>(), &rejected_step<P, C>};
}

template <class P, class... E>
std::span<const HearStep> hear_steps(Events<E...>) {
    static const std::array<HearStep, sizeof...(E)> steps{make_hear_step<P, E>()...};
    return steps;
}
template <class P, class... T>
std::span<const TimerStep> timer_steps(Timers<T...>) {
    static const std::array<TimerStep, sizeof...(T)> steps{make_timer_step<P, T>()...};
    return steps;
}
template <class P, class... C>
std::span<const SendStep> send_steps(Commands<C...>) {
    static const std::array<SendStep, sizeof...(C)> steps{make_send_step<P, C>()...};
    return steps;
}

template <class P>
const ProcessType& process_type() {
    static_assert(HasHears<P>, "varve: a process lists the events that it hears: using Hears = varve::Events<A, B>;");
    static_assert(std::default_initializable<P>, "varve: a process starts from its default value, so it needs one");
    static const ProcessType type{reflect::type_name<P>(),
                                  category_of_state<P>(),
                                  hear_steps<P>(typename P::Hears{}),
                                  timer_steps<P>(typename TimersOf<P>::type{}),
                                  send_steps<P>(typename SendsOf<P>::type{}),
                                  [] { return std::shared_ptr<void>(std::make_shared<P>()); },
                                  false};
    return type;
}

}  // namespace varve::detail
