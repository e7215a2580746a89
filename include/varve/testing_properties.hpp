/// Properties that hold for every state and every read model, tried with histories that are made up from the types.
///
///     using namespace varve::testing;
///     check_state<Account>();
///     check_projection<Balances>({.twice = true});
///     check_projection<Shelves>({.runs = 20}, [](Random& random, History& history) {     // a history that makes sense
///         const auto shelf = random.any<std::string>();
///         history.add(Received{shelf, 10});
///         while (!random.once_in(5)) history.add(Taken{shelf, "o1", 1});
///     });
///
/// What fails throws Mismatch, which tells the seed, the fewest events with which it fails, and what was expected and what
/// came side by side. The same seed makes the same events, so a test passes or fails each time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/decision.hpp"
#include "varve/detail/look.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/detail/step.hpp"
#include "varve/detail/unknown.hpp"
#include "varve/detail/upcast.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/json.hpp"
#include "varve/result.hpp"
#include "varve/testing.hpp"
#include "varve/testing_random.hpp"

namespace varve::testing {

/// Events that have happened, in order.
class VARVE_API History {
public:
    /// Plain events, or `varve::on<State>(key, ...)` where it matters whose they are. Throws Failure when one cannot be
    /// stored.
    template <class... E>
    void add(const E&... happened) {
        take(accept(happened...));
    }
    [[nodiscard]] const std::vector<NewEvent>& events() const { return events_; }

private:
    void take(Decision decision);

    std::vector<NewEvent> events_;
};

/// Makes up one history. What it leaves out is left out: nothing is added to it.
using MakeHistory = std::function<void(Random&, History&)>;

struct PropertyOptions {
    unsigned runs = 50;      ///< as many histories
    std::uint64_t seed = 1;  ///< of the first; each later one has the next number
    unsigned events = 25;    ///< of each, at most, where no function makes them up
    /// Read models: also that an event which comes twice, one right after the other, changes nothing the second time.
    bool twice = false;
};

/// Inside of the properties.
namespace property {

template <class... E, class... Old>
MakeHistory any_history(Events<E...>, Events<Old...>, unsigned events) {
    static_assert((detail::storable<E> && ...) && (detail::storable<Old> && ...),
                  "varve: an event without a JSON form cannot be made up; give the property a history of your own");
    using Add = void (*)(Random&, History&);
    static constexpr std::array<Add, sizeof...(E) + sizeof...(Old)> adds{
        [](Random& random, History& history) { history.add(random.any<E>()); }...,
        [](Random& random, History& history) { history.add(random.any<Old>()); }...};
    return [events](Random& random, History& history) {
        for (std::uint64_t left = random.below(events + 1); left > 0; --left) {
            try {
                adds[random.below(adds.size())](random, history);
            } catch (const Failure&) {
                continue;  // such as a personal value that is nobody's: an event that nobody could have stored
            }
        }
    };
}

/// Written, read and written again: the same. Otherwise what was different.
template <class E>
std::optional<std::string> round_trip(Random& random) {
    const E event = random.any<E>();
    const auto written = encode_event(event);
    if (!written.ok()) return {};
    Event stored{};
    stored.type = event_type<E>();
    stored.content_type = json_content;
    stored.data = *written;
    const auto read = decode_event<E>(stored);
    if (!read.ok()) return *written + " is not read again: " + read.error().message;
    const auto again = encode_event(*read);
    if (!again.ok()) return *written + " cannot be written again: " + again.error().message;
    if (*again != *written) return *written + " becomes " + *again;
    return {};
}

/// An old event that is read from what was stored becomes what its struct becomes. Otherwise what was different. Throws
/// Failure where an upcaster refuses what was made up.
template <class Listed, class Old>
std::optional<std::string> upcast_trip(Random& random) {
    const Old old = random.any<Old>();
    const auto written = encode_event(old);
    if (!written.ok()) return {};
    Event stored{};
    stored.type = event_type<Old>();
    stored.content_type = json_content;
    stored.data = *written;
    std::vector<std::string> from_struct, from_stored;
    const auto note = [](std::vector<std::string>& into) {
        return [&into]<class E>(const E& fact) {
            const auto text = encode_event(fact);
            into.push_back(std::string(event_type<E>()) + " " + (text.ok() ? *text : text.error().message));
        };
    };
    auto direct = note(from_struct);
    const Result<> led = detail::Upcaster<Listed>::lead(old, stored, direct);
    const Result<> read = detail::deliver_older<Listed, Old>(stored, note(from_stored));
    if (!led.ok() && !read.ok()) throw Failure(read.error());
    if (!led.ok() || !read.ok()) {
        return *written +
               " is an event of today, or is none, as it was stored: " + (led.ok() ? read : led).error().message;
    }
    for (std::size_t i = 0; i < std::max(from_struct.size(), from_stored.size()); ++i) {
        if (i < from_struct.size() && i < from_stored.size() && from_struct[i] == from_stored[i]) continue;
        return *written + " becomes " + (i < from_stored.size() ? from_stored[i] : "nothing") + ", and its struct " +
               (i < from_struct.size() ? from_struct[i] : "nothing");
    }
    return {};
}

struct RoundTrip {
    std::string_view event;
    std::optional<std::string> (*tried)(Random& random);
};
template <class... E, class... Old>
std::vector<RoundTrip> round_trips(Events<E...>, Events<Old...>) {
    return {RoundTrip{event_type<E>(), &round_trip<E>}..., RoundTrip{event_type<Old>(), &round_trip<Old>}...,
            RoundTrip{event_type<Old>(), &upcast_trip<Events<E...>, Old>}...};
}

/// A state, and how it is written and read.
struct StateProbe {
    const detail::StateType& type;
    std::string stream;
    std::vector<RoundTrip> events;
    Result<std::string> (*write)(const void* state);
    Result<std::shared_ptr<void>> (*read)(std::string_view text);
};
VARVE_API void check(const StateProbe& probe, const PropertyOptions& options, const MakeHistory& make);

/// A read model that also answers how it looks.
struct ModelProbe {
    const detail::ProjectionType& type;
    bool in_file;  ///< it has nothing but Tables
};
/// One line for each row and field.
struct Look {
    using Answer = std::vector<std::string>;
};
VARVE_API void check(const ModelProbe& probe, const PropertyOptions& options, const MakeHistory& make);

template <class P>
const detail::ProjectionType& looked_at() {
    static const detail::QueryStep look{
        typeid(Look), "Look", false, false, [](const void* projection, const void*, void* out) {
            static_cast<std::optional<Look::Answer>*>(out)->emplace(detail::look(*static_cast<const P*>(projection)));
        }};
    static const detail::ProjectionType type = [] {
        detail::ProjectionType copy = detail::projection_type<P>();
        copy.queries = {&look, 1};
        return copy;
    }();
    return type;
}

}  // namespace property

/// Of a state S: however a history is cut in two, the state read back from its JSON form goes on from there as if nothing
/// had been (so snapshots and caches change no answer); the same through a store; and every event that it lists is read
/// as it was written, and every old one that leads to them becomes
/// what its struct becomes, unless its upcaster refuses every one that is made up. Events that `evolve` throws at are left out of histories. S needs a JSON form. Personal values are
/// made up, too. Throws Mismatch.
template <class S>
void check_state(const PropertyOptions& options = {}, const MakeHistory& history = {}) {
    static_assert(detail::HasEvents<S>, "varve: a state lists its events: using Events = varve::Events<A, B>;");
    static_assert(detail::storable<S>, "varve: check_state is for states with a JSON form (varve/json.hpp)");
    const property::StateProbe probe{
        detail::state_type<S>(), stream_of<S>("a"),
        property::round_trips(typename S::Events{}, detail::OlderFor<S, typename S::Events>{}),
        [](const void* state) { return to_json(*static_cast<const S*>(state)); },
        [](std::string_view text) -> Result<std::shared_ptr<void>> {
            auto state = from_json<S>(text);
            if (!state.ok()) return std::move(state).error();
            return std::shared_ptr<void>(std::make_shared<S>(std::move(*state)));
        }};
    property::check(probe, options,
                    history ? history
                            : property::any_history(typename S::Events{}, detail::OlderFor<S, typename S::Events>{},
                                                    options.events));
}

/// Of a read model P: kept live it is what a replay makes of it, in memory and (when it has nothing but Tables) in
/// SQLite, however the log was cut into commits and batches, with batches given up in the middle and restarts between
/// them; and, if wished, `twice`. Events that a handler throws at are left out of histories. What it holds is looked at
/// field by field: Tables, and whatever has a JSON form. Throws Mismatch.
template <class P>
void check_projection(const PropertyOptions& options = {}, const MakeHistory& history = {}) {
    static_assert(detail::HasEvents<P>, "varve: a projection lists its events: using Events = varve::Events<A, B>;");
    static_assert(detail::can_look<P>,
                  "varve: check_projection sees Tables and fields with a JSON form, and this projection has none");
    const property::ModelProbe probe{property::looked_at<P>(), detail::only_tables<P>};
    property::check(probe, options,
                    history ? history
                            : property::any_history(typename P::Events{}, detail::OlderFor<P, typename P::Events>{},
                                                    options.events));
}

}  // namespace varve::testing
