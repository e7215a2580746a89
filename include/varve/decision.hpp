/// What `decide` answers: events to append, or a rejection.
///
///     varve::Decision decide(const Withdraw& c, const Account& account) {
///         if (!account.open) return varve::reject("account.not_open");
///         return varve::accept(Withdrawn{c.account, c.cents});
///     }
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/codec.hpp"
#include "varve/commit.hpp"
#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve {

namespace detail {

[[nodiscard]] VARVE_API Result<NewEvent> new_event_of(const EventForm& form, const void* event);

template <class E>
Result<NewEvent> new_event(const E& event) {
    return new_event_of(event_form<E>, &event);
}

/// A vector of events, and the like.
template <class E>
concept ManyEvents = requires(const E& events) {
    typename E::value_type;
    events.begin();
    events.end();
};

}  // namespace detail

/// Events for the stream of one entity; made by `varve::on`.
struct Addressed {
    std::string stream;
    std::vector<NewEvent> events;
    std::optional<Error> error = {};  ///< an event that could not be encoded
    /// Inside: which of the events hold personal values, so that they are encoded with the keys of whoever decides.
    std::vector<std::pair<std::size_t, std::function<Result<NewEvent>()>>> later = {};
};

namespace detail {

VARVE_API void add_encoded(Addressed& addressed, Result<NewEvent> event);

template <class E>
void address(Addressed& addressed, const E& event) {
    if constexpr (holds_personal<E>) {
        addressed.later.emplace_back(addressed.events.size(), [event] { return new_event(event); });
        addressed.events.push_back({});
    } else {
        add_encoded(addressed, new_event(event));
    }
}

}  // namespace detail

/// A plain value: what shall happen, or why nothing shall. Nothing is written before the command bus says so.
class VARVE_API Decision {
public:
    /// Accepts, so far with no event.
    Decision() = default;

    /// A refusal. See `varve::reject`.
    [[nodiscard]] static Decision rejected(std::string reason, std::string message);

    [[nodiscard]] bool accepted() const { return !rejection_; }
    /// The rejection as `send` answers it (`failed_precondition`, `reason` = the stable word); requires !accepted().
    [[nodiscard]] const Error& rejection() const { return *rejection_; }
    /// In order. An empty `stream` means: that of the one entity that the command is about.
    [[nodiscard]] const std::vector<NewEvent>& events() const { return events_; }
    [[nodiscard]] std::vector<NewEvent> take_events() && { return std::move(events_); }
    /// Set when an event could not be encoded: then nothing of the decision is written.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    /// Adds an event, events addressed with `varve::on`, or a vector of either, for decisions made in a loop.
    template <class E>
    Decision& add(const E& event) {
        if constexpr (detail::ManyEvents<E>) {
            for (const auto& each : event) add(each);
        } else {
            add_fact(detail::event_form<E>, &event);
        }
        return *this;
    }
    Decision& add(Addressed addressed);

    /// Adds a condition to those that follow from what was loaded, e.g. that nobody has this name:
    /// `accept(...).require(NoEventMatches{{{{.tags = {"name:ann"}}}}})`. It is checked when the events are written; when
    /// it does not hold, everything is loaded and decided again.
    Decision& require(Condition condition) &;
    Decision require(Condition condition) && {
        require(std::move(condition));
        return std::move(*this);
    }
    [[nodiscard]] const std::vector<Condition>& conditions() const { return conditions_; }

private:
    void add_fact(const detail::EventForm& form, const void* event);
    void add_encoded(std::string_view stream, Result<NewEvent> event);

    std::vector<NewEvent> events_;
    std::vector<Condition> conditions_;
    std::optional<Error> rejection_;
    std::optional<Error> error_;
};

/// These events shall happen, all or none, in this order. Each argument is an event (it goes to the stream of the
/// command's one entity), `varve::on<State>(key, events...)`, or a vector of either.
/// `accept()` accepts and writes nothing; its receipt has no streams.
template <class... E>
[[nodiscard]] Decision accept(const E&... events) {
    Decision decision;
    (decision.add(events), ...);
    return decision;
}

/// Nothing shall happen. `reason` is a stable word for programs, e.g. `account.not_open`; `message` an optional
/// sentence for people.
[[nodiscard]] VARVE_API Decision reject(std::string reason, std::string message = {});

/// Addresses events to one entity, for decisions over several: `varve::on<Account>(c.from, Withdrawn{...})`.
/// The entity must be one of those that the command loads.
template <class S, class K, class... E>
[[nodiscard]] Addressed on(const K& key, const E&... events) {
    static_assert((S::Events::template contains<E> && ...),
                  "varve: an event addressed to an entity must be one that its state lists in Events");
    Addressed addressed{stream_of<S>(key), {}, {}};
    (detail::address(addressed, events), ...);
    return addressed;
}

}  // namespace varve
