/// Given, when, then for processes: what they answer, without a store, a thread or a clock.
///
///     using namespace varve::testing;
///     given_process<Delivery>(OrderPlaced{"o1"})
///         .when(Paid{"o1"})
///         .then(varve::cancel("payment"), varve::send(Ship{"o1"}));
///     given_process<Delivery>().when(OrderPlaced{"o1"}).then_sets_timer("payment", 24h, PaymentTimedOut{"o1"});
///     given_process<Delivery>(OrderPlaced{"o1"}).when(PaymentTimedOut{"o1"}).then_sends(CancelOrder{"o1"}).then_finishes();
///     given_process<Delivery>(OrderPlaced{"o1"}, Paid{"o1"})
///         .when(varve::Rejected<Ship>{{"o1"}, rejection("order.broken")})
///         .then_sends(CancelOrder{"o1"});
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/detail/process_type.hpp"
#include "varve/export.hpp"
#include "varve/process.hpp"
#include "varve/testing.hpp"

namespace varve::testing {

/// The error of a command that was rejected with this word, for `varve::Rejected<C>{command, rejection("...")}`.
[[nodiscard]] VARVE_API Error rejection(std::string reason, std::string message = {});

/// What a process answered. Every `then` answers the outcome again, so that more can be said about it; a mismatch throws
/// `Mismatch`, with what was expected and what came side by side.
class VARVE_API StepsOutcome {
public:
    StepsOutcome(std::string_view process, std::string_view heard, Steps steps, const detail::ProcessType& type);

    /// Just these steps: `then(varve::send(Ship{"o1"}), varve::cancel("payment"))`; without an argument: none. Commands are
    /// compared with commands, timers with timers: it does not matter how these mix.
    template <class... S>
    const StepsOutcome& then(S... expected) const {
        const InClear clear;
        compare(steps(std::move(expected)...));
        return *this;
    }
    /// Just these commands, in this order, whatever else.
    template <class... C>
    const StepsOutcome& then_sends(const C&... commands) const {
        const InClear clear;
        compare_commands(steps(send(commands)...));
        return *this;
    }
    /// This timer among others; `due` is a duration or a moment.
    template <class Due, class T>
    const StepsOutcome& then_sets_timer(std::string name, Due due, const T& fact) const {
        const InClear clear;
        find(timer(std::move(name), due, fact));
        return *this;
    }
    /// This cancellation among others.
    const StepsOutcome& then_cancels(std::string name) const;
    /// The instance has ended.
    const StepsOutcome& then_finishes() const;

    [[nodiscard]] const Steps& answered() const { return steps_; }

private:
    void compare(const Steps& expected) const;
    void compare_commands(const Steps& expected) const;
    void find(const Steps& expected) const;

    std::string what_;
    Steps steps_;
};

/// A process that has heard some things.
template <class P>
class GivenProcess {
public:
    explicit GivenProcess(P process) : process_(std::move(process)) {}

    /// Hears an event, what a timer of its own brings back, or that a command was rejected. Throws what its `on` throws.
    template <class X>
    [[nodiscard]] StepsOutcome when(const X& what) const {
        const InClear clear;
        P process = process_;
        return {reflect::type_name<P>(), reflect::type_name<X>(), hear(process, what), detail::process_type<P>()};
    }
    /// The process itself, to look at what it remembers.
    [[nodiscard]] const P& process() const { return process_; }

    /// Inside of the kit: things pass through their stored form, so that one that cannot be stored fails here too.
    template <class X>
    static Steps hear(P& process, const X& what) {
        const InClear clear;
        detail::Reaction reaction{&process, {}};
        if constexpr (detail::takes_event<typename P::Hears, X>) {
            const NewEvent stored = detail::new_event(what).value();
            Event event{};
            event.type = stored.type;
            event.data = stored.data;
            event.content_type = stored.content_type;
            detail::process_type<P>().hears.step_for(event).value()->apply(&reaction, event).value();
        } else if constexpr (detail::is_a<X, Rejected>) {
            using C = decltype(what.command);
            using Sent = detail::AsEvents<typename detail::SendsOf<P>::type>;
            static_assert(detail::takes_event<Sent, C>,
                          "varve: a process hears the rejection of a command that it lists in its Sends");
            const std::string data = to_json(what.command).value();
            if constexpr (Sent::template contains<C>) {
                detail::rejected_step<P, C>(&reaction, data, what.error).value();
            } else {
                detail::rejected_older_step<P, C>(&reaction, data, what.error).value();
            }
        } else {
            using Set = detail::AsEvents<typename detail::TimersOf<P>::type>;
            static_assert(
                detail::takes_event<Set, X>,
                "varve: a process hears what it lists in its Hears or its Timers, and varve::Rejected<Command>");
            const std::string data = to_json(what).value();
            if constexpr (Set::template contains<X>) {
                detail::fired_step<P, X>(&reaction, data).value();
            } else {
                detail::fired_older_step<P, X>(&reaction, data).value();
            }
        }
        return std::move(reaction.steps);
    }

private:
    P process_;
};

/// A process that has heard these: events, what timers bring back, `varve::Rejected<C>`; without an argument: nothing yet.
template <class P, class... X>
[[nodiscard]] GivenProcess<P> given_process(const X&... heard) {
    const InClear clear;
    P process{};
    (static_cast<void>(GivenProcess<P>::hear(process, heard)), ...);
    return GivenProcess<P>(std::move(process));
}

}  // namespace varve::testing
