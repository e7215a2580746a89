/// Inside the model: which old events lead to those that a reader lists, and how. Found from the types alone; see
/// varve/evolution.hpp. Not meant to be included by applications.
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "varve/codec.hpp"
#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/personal.hpp"
#include "varve/result.hpp"

namespace varve::detail {

/// The one argument that matters of `static New upcast(const Old&)`, or with the stored event as a second one.
template <class F>
struct UpcastFunction;
template <class R, class Old, class... Stored, bool quiet>
struct UpcastFunction<R (*)(Old, Stored...) noexcept(quiet)> {
    using Replaces = Events<std::remove_cvref_t<Old>>;
};

template <class T>
concept HasReplaces = requires { typename T::Replaces; };

template <class T>
concept HasUpcastFunction = requires { typename UpcastFunction<decltype(&T::upcast)>::Replaces; };

/// `auto upcast() const`, in an old event: what it is today.
template <class T>
concept HasUpcast =
    requires(const T& old) { old.upcast(); } || requires(const T& old, const Event& event) { old.upcast(event); };

// Whether T has anything called upcast, also where that is overloaded and has no one address: then the name is
// ambiguous in a class that has another one.
struct UpcastName {
    int upcast;
};
template <class T>
struct UpcastNames : T, UpcastName {};
template <class T>
concept SaysUpcast = std::is_class_v<T> && !std::is_final_v<T> && !requires { &UpcastNames<T>::upcast; };

template <class T>
consteval auto find_replaces() {
    if constexpr (HasReplaces<T>) {
        static_assert(is_a<typename T::Replaces, Events>,
                      "varve: an event lists what it replaces: using Replaces = varve::Events<A, B>;");
        return typename T::Replaces{};
    } else if constexpr (HasUpcastFunction<T>) {
        return typename UpcastFunction<decltype(&T::upcast)>::Replaces{};
    } else {
        static_assert(!SaysUpcast<T> || HasUpcast<T>,
                      "varve: an event with several upcast functions says what it replaces: using Replaces = "
                      "varve::Events<A, B>;");
        return Events<>{};
    }
}

/// The events of which T says that it replaces them.
template <class T>
struct Replaced {
    using type = decltype(find_replaces<T>());
};

template <class List, class T>
struct Added;
template <class... E, class T>
struct Added<Events<E...>, T> {
    using type = std::conditional_t<Events<E...>::template contains<T>, Events<E...>, Events<E..., T>>;
};

/// Found, and all that leads to T, each once. Way: what T itself leads to.
template <class Found, class T, class... Way>
struct WithOlder;
template <class Found, class Old, class... Way>
struct WithEachOlder;

template <class Found, class... Way>
struct WithEachOlder<Found, Events<>, Way...> {
    using type = Found;
};
template <class Found, class First, class... Rest, class... Way>
struct WithEachOlder<Found, Events<First, Rest...>, Way...> {
    using One = typename WithOlder<typename Added<Found, First>::type, First, Way...>::type;
    using type = typename WithEachOlder<One, Events<Rest...>, Way...>::type;
};
template <class Found, class T, class... Way>
struct WithOlder {
    static constexpr bool circle = (std::is_same_v<T, Way> || ...);
    static_assert(!circle, "varve: events that replace one another go round in a circle; one must be the newest");
    using Old = typename std::conditional_t<circle, std::type_identity<Events<>>, Replaced<T>>::type;
    using type = typename WithEachOlder<Found, Old, T, Way...>::type;
};

template <class Found, class... E>
struct OlderThanAll {
    using type = Found;
};
template <class Found, class First, class... Rest>
struct OlderThanAll<Found, First, Rest...> {
    using type = typename OlderThanAll<typename WithOlder<Found, First>::type, Rest...>::type;
};

template <class Found, class Taken, class... E>
struct FindWithout {
    using type = Found;
};
template <class... F, class Taken, class First, class... Rest>
struct FindWithout<Events<F...>, Taken, First, Rest...> {
    using One = std::conditional_t<Taken::template contains<First>, Events<F...>, Events<F..., First>>;
    using type = typename FindWithout<One, Taken, Rest...>::type;
};

template <class List, class Taken>
struct FindDifference;
template <class... E, class Taken>
struct FindDifference<Events<E...>, Taken> : FindWithout<Events<>, Taken, E...> {};

/// The events of a list that are not in another one.
template <class List, class Taken>
using Without = typename FindDifference<List, Taken>::type;

template <class List, class Other>
struct FindJoined;
template <class... E, class... F>
struct FindJoined<Events<E...>, Events<F...>> {
    using type = Events<E..., F...>;
};

/// The events of both lists.
template <class List, class Other>
using Joined = typename FindJoined<List, Other>::type;

template <class Listed>
struct FindOlder;
template <class... E>
struct FindOlder<Events<E...>> {
    using type = Without<typename OlderThanAll<Events<>, E...>::type, Events<E...>>;
};

/// The events that lead to those of a list and are not in it themselves.
template <class Listed>
using OlderThan = typename FindOlder<Listed>::type;

template <class List>
struct FindAsEvents;
template <template <class...> class List, class... T>
struct FindAsEvents<List<T...>> {
    using type = Events<T...>;
};

/// Commands, and what timers bring back, are led through upcasters like events.
template <class List>
using AsEvents = typename FindAsEvents<List>::type;

/// All that reach a reader with this list.
template <class Listed>
using WithOlderOf = Joined<Listed, OlderThan<Listed>>;

/// Whether a reader with this list takes a T: as it is, or by way of upcasters.
template <class Listed, class T>
inline constexpr bool takes_event = Listed::template contains<T> || OlderThan<Listed>::template contains<T>;

/// What an upcast may answer: an event; or none, several or many of them in an optional, a tuple, a variant, a vector.
template <class R>
inline constexpr bool answers_several =
    is_a<R, std::optional> || is_a<R, std::vector> || is_a<R, std::variant> || is_a<R, std::tuple>;

/// Whether this answer can hold a T.
template <class T, class R>
struct CanAnswer : std::is_same<T, R> {};
template <class T, template <class...> class Many, class... R>
    requires answers_several<Many<R...>>
struct CanAnswer<T, Many<R...>> : std::bool_constant<(CanAnswer<T, R>::value || ...)> {};

/// Calls f with every event of an answer, in order, until one fails.
template <class R, class F>
Result<> each_answered(R& answer, F& f) {
    Result<> done;
    if constexpr (is_a<R, std::optional>) {
        if (answer) done = each_answered(*answer, f);
    } else if constexpr (is_a<R, std::vector>) {
        for (auto& one : answer) {
            if (done.ok()) done = each_answered(one, f);
        }
    } else if constexpr (is_a<R, std::variant>) {
        done = std::visit([&](auto& one) { return each_answered(one, f); }, answer);
    } else if constexpr (is_a<R, std::tuple>) {
        std::apply([&](auto&... one) { ((done.ok() ? void(done = each_answered(one, f)) : void()), ...); }, answer);
    } else if constexpr (!std::is_same_v<R, std::monostate>) {
        done = f(answer);
    }
    return done;
}

/// To be called while an exception of an upcast to `name` is handled: the error that it becomes.
[[nodiscard]] VARVE_API Error upcast_threw(const Event& event, std::string_view name);

/// What the old event itself says that it is today, or what the new one makes of it.
template <class New, class Old>
auto call_upcast(const Old& old, const Event& event) {
    if constexpr (std::is_same_v<New, Old>) {
        if constexpr (requires { old.upcast(event); }) {
            return old.upcast(event);
        } else {
            return old.upcast();
        }
    } else if constexpr (requires { New::upcast(old, event); }) {
        return New::upcast(old, event);
    } else {
        static_assert(
            requires { New::upcast(old); },
            "varve: an event that replaces another says how: static New upcast(const Old&) in the new one, or auto "
            "upcast() const in the old one");
        return New::upcast(old);
    }
}

/// The way of an event to what a reader lists. Way: the events that it has been already.
template <class Listed, class... Way>
struct Upcaster {
    using Older = OlderThan<Listed>;

    /// Calls `deliver` with every listed event that this one is, or becomes.
    template <class T, class F>
    static Result<> lead(const T& fact, const Event& event, F& deliver) {
        if constexpr (Listed::template contains<T>) {
            deliver(fact);
            return {};
        } else if constexpr (!Older::template contains<T>) {
            return {};  // a part of a split that this reader does not list
        } else if constexpr ((std::is_same_v<T, Way> || ...)) {
            static_assert(!(std::is_same_v<T, Way> || ...),
                          "varve: events that replace one another go round in a circle; one must be the newest");
            return {};
        } else if constexpr (HasUpcast<T>) {
            check_all<T>(Listed{}, Older{});
            return lead_by<T>(fact, event, deliver);
        } else {
            Result<> led = lead_to_each(fact, event, deliver, Listed{});
            return led.ok() ? lead_to_each(fact, event, deliver, Older{}) : led;
        }
    }

private:
    template <class T, class F, class... New>
    static Result<> lead_to_each(const T& fact, const Event& event, F& deliver, Events<New...>) {
        Result<> led;
        const auto lead_to = [&]<class N>(std::type_identity<N>) {
            if constexpr (Replaced<N>::type::template contains<T>) {
                static_assert(CanAnswer<N, decltype(call_upcast<N>(fact, event))>::value,
                              "varve: an upcast function of an event answers that event, or a std::optional or "
                              "std::vector of it");
                if (led.ok()) led = lead_by<N>(fact, event, deliver);
            }
        };
        (lead_to(std::type_identity<New>{}), ...);
        return led;
    }

    template <class New, class T, class F>
    static Result<> lead_by(const T& fact, const Event& event, F& deliver) {
        std::optional<decltype(call_upcast<New>(fact, event))> answer;
        try {
            answer.emplace(call_upcast<New>(fact, event));
            const auto seal = [](auto& one) {
                settle(one);
                return Result<>();
            };
            static_cast<void>(each_answered(*answer, seal));
        } catch (...) {
            return upcast_threw(event, event_type<New>());
        }
        const auto further = [&](const auto& one) { return Upcaster<Listed, T, Way...>::lead(one, event, deliver); };
        return each_answered(*answer, further);
    }

    template <class T, class... L, class... O>
    static consteval void check_all(Events<L...>, Events<O...>) {
        (check<T, L>(), ...);
        (check<T, O>(), ...);
    }
    template <class T, class New>
    static consteval void check() {
        if constexpr (Replaced<New>::type::template contains<T>) {
            static_assert(
                !requires(const T& old) { New::upcast(old); },
                "varve: both events say how one becomes the other; keep the upcast of one of them");
            using Answer = decltype(call_upcast<T>(std::declval<const T&>(), std::declval<const Event&>()));
            static_assert(CanAnswer<New, Answer>::value,
                          "varve: an event replaces another only if that one's upcast answers it");
        }
    }
};

/// Decodes an old event as an Old, and calls `deliver` with every event of the list that it becomes.
template <class Listed, class Old, class F>
Result<> deliver_older(const Event& event, F&& deliver) {
    const Fact<Old> fact(event);
    if (!fact.read.ok()) return fact.read.error();
    return Upcaster<Listed>::lead(*fact, event, deliver);
}

}  // namespace varve::detail
