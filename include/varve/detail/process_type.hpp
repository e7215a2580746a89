/// Inside the model: a process without its type, as its worker sees it.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/detail/recorded.hpp"
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
    /// Of the instance: what an old event has become for others is not for this one. Empty: whatever the key.
    std::string_view key = {};
};

/// An instance that hears an event.
struct Hearer {
    std::string key;
    bool starts;  ///< whether the event begins it, when there is none yet
};

/// One type of event that a process hears; `apply` is on a Reaction.
struct HearStep : Step {
    /// The instances that the event belongs to: none or one, of an old event that became several also more, each once.
    /// Throws what user code throws.
    Result<std::vector<Hearer>> (*hearers)(const Event& event);
};

/// One type of fact that its timers bring back, from JSON. Throws what user code throws.
struct TimerStep {
    std::string_view fact;
    bool older;  ///< one of an older program: it is heard, and no more set
    Result<> (*fired)(void* reaction, std::string_view data);
};

/// One command that it sends. `rejected` throws what user code throws.
struct SendStep {
    std::string_view command;
    bool older;  ///< one of an older program
    Result<> (*rejected)(void* reaction, std::string_view data, const Error& error);
};

struct ProcessType {
    std::string_view name;
    std::string_view category;
    const StepTable<HearStep>& hears;
    std::span<const TimerStep> timers;
    std::span<const SendStep> sends;
    std::shared_ptr<void> (*make)();
    StoredNames stored = {};
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
std::optional<std::string> key_of_fact(const E& fact, const Event& event) {
    static_assert(
        requires { P::key(fact); } || requires { P::key(fact, event); },
        "varve: a process needs `static std::string key(const Event&)` for every event that its Hears list names");
    if constexpr (requires { P::key(fact, event); }) {
        return instance_key(P::key(fact, event));
    } else {
        return instance_key(P::key(fact));
    }
}

template <class P, class E>
void hear_fact(Reaction& to, const E& fact, const Event& event) {
    P& process = *static_cast<P*>(to.process);
    static_assert(
        requires {
            { process.on(fact) } -> std::same_as<Steps>;
        } ||
            requires {
                { process.on(fact, event) } -> std::same_as<Steps>;
            },
        "varve: a process needs `varve::Steps on(const Event&)` for every event that its Hears list names");
    if constexpr (requires { process.on(fact, event); }) {
        to.steps.add(process.on(fact, event));
    } else {
        to.steps.add(process.on(fact));
    }
    settle(process);
}

template <class P, class E>
Result<> hear_step(void* reaction, const Event& event) {
    const Fact<E> fact(event);
    if (!fact.read.ok()) return fact.read.error();
    hear_fact<P>(*static_cast<Reaction*>(reaction), *fact, event);
    return {};
}

template <class P, class Old>
Result<> hear_older_step(void* reaction, const Event& event) {
    Reaction& to = *static_cast<Reaction*>(reaction);
    return deliver_older<typename P::Hears, Old>(event, [&](const auto& fact) {
        if (to.key.empty() || key_of_fact<P>(fact, event) == to.key) hear_fact<P>(to, fact, event);
    });
}

template <class P, class E>
constexpr bool starts_instance = StartsOf<P>::type::template contains<E>;

template <class P, class E>
Result<std::vector<Hearer>> hearers_step(const Event& event) {
    const Fact<E> fact(event);
    if (!fact.read.ok()) return fact.read.error();
    std::vector<Hearer> hearers;
    if (auto key = key_of_fact<P>(*fact, event)) hearers.push_back({std::move(*key), starts_instance<P, E>});
    return hearers;
}

template <class P, class Old>
Result<std::vector<Hearer>> older_hearers_step(const Event& event) {
    std::vector<Hearer> hearers;
    const auto add = [&]<class E>(const E& fact) {
        auto key = key_of_fact<P>(fact, event);
        if (!key) return;
        const auto known =
            std::find_if(hearers.begin(), hearers.end(), [&](const Hearer& one) { return one.key == *key; });
        if (known == hearers.end()) {
            hearers.push_back({std::move(*key), starts_instance<P, E>});
        } else {
            known->starts = known->starts || starts_instance<P, E>;
        }
    };
    Result<> led = deliver_older<typename P::Hears, Old>(event, add);
    if (!led.ok()) return std::move(led).error();
    return hearers;
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

template <class P, class Old>
Result<> fired_older_step(void* reaction, std::string_view data) {
    Reaction& to = *static_cast<Reaction*>(reaction);
    P& process = *static_cast<P*>(to.process);
    return deliver_recorded<AsEvents<typename TimersOf<P>::type>, Old>(data, [&](const auto& fact) {
        to.steps.add(process.on(fact));
        settle(process);
    });
}

template <class P, class T>
TimerStep make_timer_step() {
    static_assert(
        requires(P& process, const T& fact) {
            { process.on(fact) } -> std::same_as<Steps>;
        }, "varve: a process needs `varve::Steps on(const Fact&)` for every fact that its Timers list names");
    return TimerStep{event_type<T>(), false, &fired_step<P, T>};
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

template <class P, class Old>
Result<> rejected_older_step(void* reaction, std::string_view data, const Error& error) {
    Reaction& to = *static_cast<Reaction*>(reaction);
    P& process = *static_cast<P*>(to.process);
    return deliver_recorded<AsEvents<typename SendsOf<P>::type>, Old>(data, [&]<class C>(const C& command) {
        to.steps.add(process.on(Rejected<C>{command, error}));
        settle(process);
    });
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
    return SendStep{event_type<C>(), false, &rejected_step<P, C>};
}

template <class P>
Result<> hear_raw_step(void* reaction, const Event& event) {
    if constexpr (takes_raw<P>) {
        Reaction& to = *static_cast<Reaction*>(reaction);
        P& process = *static_cast<P*>(to.process);
        static_assert(
            requires {
                { process.on(event) } -> std::same_as<Steps>;
                P::key(event);
            },
            "varve: a process with unknown = varve::Unknown::raw needs `varve::Steps on(const varve::Event&)` and "
            "`static "
            "std::string key(const varve::Event&)`");
        to.steps.add(process.on(event));
        settle(process);
    }
    return {};
}

/// What a process does not know belongs to an instance, but begins none.
template <class P>
Result<std::vector<Hearer>> raw_hearers_step(const Event& event) {
    std::vector<Hearer> hearers;
    if constexpr (takes_raw<P>) {
        if (auto key = instance_key(P::key(event))) hearers.push_back({std::move(*key), false});
    }
    return hearers;
}

template <class P, class... E, class... Old, class... Ignored>
const StepTable<HearStep>& hear_steps(Events<E...>, Events<Old...>, Events<Ignored...>) {
    require_names<E..., Old..., Ignored...>();
    static const StepTable<HearStep> steps(
        {{{event_type<E>(), StepKind::listed, &hear_step<P, E>}, &hearers_step<P, E>}...,
         {{event_type<Old>(), StepKind::older, &hear_older_step<P, Old>}, &older_hearers_step<P, Old>}...,
         {{event_type<Ignored>(), StepKind::ignored, nullptr}, nullptr}...},
        unknown_rule<P>(), {{{}, StepKind::listed, &hear_raw_step<P>}, &raw_hearers_step<P>});
    return steps;
}

template <class P, class... T, class... Old>
std::span<const TimerStep> timer_steps(Timers<T...>, Events<Old...>) {
    static const std::array<TimerStep, sizeof...(T) + sizeof...(Old)> steps{
        make_timer_step<P, T>()..., TimerStep{event_type<Old>(), true, &fired_older_step<P, Old>}...};
    return steps;
}
template <class P, class... C, class... Old>
std::span<const SendStep> send_steps(Commands<C...>, Events<Old...>) {
    static const std::array<SendStep, sizeof...(C) + sizeof...(Old)> steps{
        make_send_step<P, C>()..., SendStep{event_type<Old>(), true, &rejected_older_step<P, Old>}...};
    return steps;
}

template <class P>
StoredNames stored_by_process() {
    return {.events = stored_parts(WithOlderOf<typename P::Hears>{}),
            .commands = stored_parts(WithOlderOf<AsEvents<typename SendsOf<P>::type>>{}),
            .timers = stored_parts(WithOlderOf<AsEvents<typename TimersOf<P>::type>>{})};
}

template <class List>
using OlderOf = OlderThan<AsEvents<List>>;

template <class P>
const ProcessType& process_type() {
    static_assert(HasHears<P>, "varve: a process lists the events that it hears: using Hears = varve::Events<A, B>;");
    static_assert(std::default_initializable<P>, "varve: a process starts from its default value, so it needs one");
    static const ProcessType type{reflect::type_name<P>(),
                                  category_of_state<P>(),
                                  hear_steps<P>(typename P::Hears{}, OlderFor<P, typename P::Hears>{}, IgnoredBy<P>{}),
                                  timer_steps<P>(typename TimersOf<P>::type{}, OlderOf<typename TimersOf<P>::type>{}),
                                  send_steps<P>(typename SendsOf<P>::type{}, OlderOf<typename SendsOf<P>::type>{}),
                                  [] { return std::shared_ptr<void>(std::make_shared<P>()); },
                                  stored_by_process<P>()};
    return type;
}

}  // namespace varve::detail
