/// Given, when, then: decisions and read models tried out without a store, a thread or a clock, under any test
/// framework. A mismatch throws, with what was expected and what came side by side.
///
///     using namespace varve::testing;
///     given<Account>(Opened{"a1", "Ann"}, Deposited{"a1", 500})
///         .when(Withdraw{"a1", 200})
///         .then(Withdrawn{"a1", 200});
///     given<Account>().when(Withdraw{"a1", 200}).then_rejected("account.not_open");
///     given<Account>(Opened{"a1", "Ann"}, Deposited{"a1", 500}).and_given<Account>(Opened{"a2", "Bob"})
///         .when(Transfer{"a1", "a2", 200})
///         .then(varve::on<Account>("a1", Withdrawn{"a1", 200}), varve::on<Account>("a2", Deposited{"a2", 200}));
///     assert(given_events<Balances>(Opened{"a1", "Ann"}, Deposited{"a1", 500}).ask(BalanceOf{"a1"}) == 500);
///     assert(given_events<Orders>(Shipped{"o1"}).effects<SendMail>().size() == 1);
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "varve/decision.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/detail/step.hpp"
#include "varve/effects.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/reflect.hpp"

namespace varve::testing {

/// Thrown when a decision is not the one that `then` names; what() shows both, event by event as JSON.
class VARVE_API Mismatch : public std::exception {
public:
    explicit Mismatch(std::string text) : text_(std::move(text)) {}
    ~Mismatch() override;
    Mismatch(const Mismatch&) = default;
    Mismatch& operator=(const Mismatch&) = default;
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

/// For as long as it lives, this thread writes and reads personal values in clear. The kit sees to it by itself; a test
/// that calls `decide` or `varve::accept` directly makes one.
class VARVE_API InClear : public KeysHere {
public:
    InClear() : KeysHere(Clear{}) {}
};

/// What was decided. Every `then` answers the outcome again, so that more can be said about it.
class VARVE_API Outcome {
public:
    Outcome(std::string_view command, Decision decision) : command_(command), decision_(std::move(decision)) {}

    /// Accepted, with just these events in this order: events of the one entity, or `varve::on<State>(key, ...)`.
    /// Without an argument: accepted, and nothing happened.
    template <class... E>
    const Outcome& then(const E&... events) const {
        const InClear clear;
        compare(accept(events...));
        return *this;
    }
    /// Rejected with this word.
    const Outcome& then_rejected(std::string_view reason) const;

    [[nodiscard]] const Decision& decision() const { return decision_; }

private:
    void compare(const Decision& expected) const;

    std::string command_;
    Decision decision_;
};

/// Inside of the kit: events pass through their stored form, so that one which cannot be stored fails here too.
/// Throws varve::Failure then, and whatever the code under test throws.
VARVE_API void apply(const detail::StepTable<detail::Step>& steps, void* target, const std::vector<NewEvent>& events);
VARVE_API void apply(const detail::StepTable<detail::OnStep>& steps, void* target, const std::vector<NewEvent>& events);

/// The states of one or more entities, to which a command can come.
template <class... S>
class Given {
public:
    explicit Given(std::tuple<S...> states) : states_(std::move(states)) {}

    /// A further entity, for decisions over several: the next one that `decide` takes.
    template <class T, class... E>
    [[nodiscard]] Given<S..., T> and_given(const E&... events) const;

    /// Decides by the `decide(command, state...)` of the command's or the states' namespace.
    template <class C>
    [[nodiscard]] Outcome when(const C& command) const {
        const InClear clear;
        return {reflect::type_name<C>(),
                std::apply([&](const S&... state) { return decide(command, state...); }, states_)};
    }
    /// Decides by another function or a lambda.
    template <class C, class F>
    [[nodiscard]] Outcome when(const C& command, const F& decide_by) const {
        const InClear clear;
        return {reflect::type_name<C>(),
                std::apply([&](const S&... state) { return decide_by(command, state...); }, states_)};
    }

    /// The state of the entity given last, to look at what `evolve` made of its events.
    [[nodiscard]] const auto& state() const { return std::get<sizeof...(S) - 1>(states_); }

private:
    std::tuple<S...> states_;
};

/// Inside of the kit: a state folded from these events.
template <class S, class... E>
S folded(const E&... events) {
    static_assert((detail::takes_event<typename S::Events, E> && ...),
                  "varve: given takes events that the state lists in its Events, and old versions of those");
    S state{};
    const InClear clear;
    const Decision encoded = accept(events...);
    if (encoded.error()) throw Failure(*encoded.error());
    apply(detail::state_type<S>().steps, &state, encoded.events());
    return state;
}

/// An entity to which these events have happened; without an argument: one that does not exist yet.
template <class S, class... E>
[[nodiscard]] Given<S> given(const E&... events) {
    return Given<S>(std::tuple<S>(folded<S>(events...)));
}

template <class... S>
template <class T, class... E>
Given<S..., T> Given<S...>::and_given(const E&... events) const {
    return Given<S..., T>(std::tuple_cat(states_, std::tuple<T>(folded<T>(events...))));
}

/// A projection that has seen some events.
template <class P>
class GivenEvents {
public:
    explicit GivenEvents(std::unique_ptr<P> model) : model_(std::move(model)) {}

    /// What it answers now.
    template <class Q>
    [[nodiscard]] AnswerTo<Q> ask(const Q& query) const {
        static_assert(detail::QueriesOf<P>::type::template contains<Q>,
                      "varve: this projection does not list the query in its Queries");
        return model_->answer(query);
    }
    /// The effects of this type that would be performed, in the order of the events.
    template <class M>
    [[nodiscard]] std::vector<M> effects() const {
        static_assert(detail::has_effects_of<P, M>(), "varve: this projection has no Effects of that type");
        std::vector<M> all;
        reflect::for_each_field(*model_, [&](std::string_view, const auto& field) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, Effects<M>>) {
                all.insert(all.end(), field.added().begin(), field.added().end());
            }
        });
        return all;
    }
    /// The projection itself, to look at its tables.
    [[nodiscard]] const P& model() const { return *model_; }

private:
    std::unique_ptr<P> model_;
};

/// A projection that has seen these events, in memory: plain events, or `varve::on<State>(key, ...)` where the
/// handler looks at the stream. Events that it does not list pass by. Positions count from 0.
template <class P, class... E>
[[nodiscard]] GivenEvents<P> given_events(const E&... events) {
    auto model = std::make_unique<P>();
    const InClear clear;
    const Decision encoded = accept(events...);
    if (encoded.error()) throw Failure(*encoded.error());
    apply(detail::projection_type<P>().events, model.get(), encoded.events());
    return GivenEvents<P>(std::move(model));
}

}  // namespace varve::testing
