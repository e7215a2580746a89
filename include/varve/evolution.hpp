/// Events that change over the years: names and versions, and upcasters that read the old ones as what they are today.
/// All of it is found from the types when the program is compiled: by states, projections, processes, the testing kit,
/// `load`, `replay` and `diff`.
///
///     namespace v1 {                                     // as it was: kept as a plain struct, stored as `Deposited`
///     struct Deposited { std::string account; double euros; };
///     }
///     struct Deposited {                                 // as it is: stored as `Deposited.v2`
///         static constexpr int version = 2;
///         std::string account;
///         std::int64_t cents;
///         static Deposited upcast(const v1::Deposited& old) { return {old.account, std::llround(old.euros * 100)}; }
///     };
///     struct Account {                                   // readers list what is written today, and nothing else
///         using Events = varve::Events<Opened, Deposited, Withdrawn>;
///         void evolve(const Deposited& e) { cents += e.cents; }
///
/// **Names.** An event is stored under `static constexpr std::string_view type` when it has one; else under the name of
/// its struct, with `.v2` behind it where `static constexpr int version = 2` says so (from 2 on; namespaces do not
/// count). Two events of one reader under one name stop the build.
///
/// **Upcasters**, said once, in one of two places:
/// - in the new event: `static New upcast(const Old&)`. It may answer `std::optional<New>` (nothing: the old event is
///   skipped) or `std::vector<New>`. Several new events may each take their part of the same old one. When a new event
///   replaces several old ones, it lists them: `using Replaces = varve::Events<v1::Deposited, Transferred>;`.
/// - in the old event: `auto upcast() const`, where what it becomes differs from one event to the next, or has an order:
///   an event, or a `std::optional`, `std::tuple`, `std::variant` or `std::vector` of events, also within one another.
///   Each event that it becomes names it in its Replaces.
///
/// Either may take the stored event (`const varve::Event&`) as a further argument, for its stream, time and metadata.
/// Upcasters are pure functions. They are chained: what an old event becomes may be an old event itself. What a reader
/// lists is handed to it as it is; of the rest, all that becomes something it lists; parts that it does not list are
/// left out. From several new events that take the same old one, a reader hears in the order of its own list.
///
/// What a reader sees of an event that came by an upcast: the handler's second argument, `const varve::Event&`, is the
/// event as it is stored, with its old type and data; when it became several, all have the same position, and rows and
/// checkpoint are committed after the last of them. Each goes to the instance of a process that its own key names. A
/// value in clear that an upcaster puts into a varve::Personal is sealed for the new event's subject as it is read, so
/// it is gone once that is forgotten (the old event in the log stays as it is).
///
/// Old events are only read: a decision for one is refused with `invalid_argument`, and nothing is written. An upcaster
/// that throws is an error with the code `unknown`, which names event, position and stream, and stops what an error of
/// the reader's own handler would stop, no more.
///
/// **Commands and timers** that are recorded (scheduled, or sent and set by a process) have versions and upcasters in the same
/// words: docs/evolution.md, "Commands and timers".
///
/// **Unknown events.** `static constexpr auto unknown = varve::Unknown::fail;` in a state, projection or process says what
/// becomes of an event that it neither lists nor reads as something it lists (`varve::Unknown`, in varve/events.hpp).
/// Without it they pass by, all but other versions of what it lists: those are an error, `failed_precondition` with the
/// reason `event.unknown`. `using Ignores = varve::Events<A>;` names events that are nothing to the reader, `using UnknownIn
/// = varve::States<S>;` the states outside of whose streams nothing is unknown. Types that begin with `$` never are.
#pragma once

#include "varve/detail/unknown.hpp"
#include "varve/detail/upcast.hpp"
