/// Processes: state that hears events and answers with commands to send and timers to set.
///
///     struct PaymentTimedOut { std::string order; };
///     struct Delivery {
///         using Hears  = varve::Events<OrderPlaced, Paid>;
///         using Sends  = varve::Commands<Ship, CancelOrder>;
///         using Timers = varve::Timers<PaymentTimedOut>;
///         static std::string key(const OrderPlaced& e) { return e.order; }        // which delivery it concerns
///         static std::string key(const Paid& e) { return e.order; }
///         bool paid = false;
///         varve::Steps on(const OrderPlaced& e) { return varve::timer("payment", 24h, PaymentTimedOut{e.order}); }
///         varve::Steps on(const Paid& e) {
///             paid = true;
///             return varve::steps(varve::cancel("payment"), varve::send(Ship{e.order}));
///         }
///         varve::Steps on(const PaymentTimedOut& t) { return varve::steps(varve::send(CancelOrder{t.order}), varve::finish()); }
///         varve::Steps on(const varve::Rejected<Ship>& r) { return varve::send(CancelOrder{r.command.order}); }
///         varve::Steps on(const varve::Rejected<CancelOrder>&) { return {}; }
///     };
///     shop.run<Delivery>();
///
/// Every step (what was heard, and what was answered to it) is an event in the process's own stream, `delivery-o1`, on
/// record before anything of it is done. docs/processes.md says what that guarantees.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "varve/codec.hpp"
#include "varve/detail/moment.hpp"
#include "varve/export.hpp"
#include "varve/json.hpp"
#include "varve/reflect.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// The commands that a process may send: `using Sends = varve::Commands<Charge, Ship>;`.
template <class... C>
struct Commands {
    template <class T>
    static constexpr bool contains = (std::is_same_v<T, C> || ...);
};

/// What the timers of a process bring back when they fire: `using Timers = varve::Timers<PaymentTimedOut>;`.
template <class... T>
struct Timers {
    template <class U>
    static constexpr bool contains = (std::is_same_v<U, T> || ...);
};

/// A command of this process that was rejected, or failed for good: heard by `on(const varve::Rejected<Charge>&)`, so
/// that the process can go another way. `error.reason` is the word given to `reject`; it is empty when the command failed
/// otherwise, and `error.code` tells how.
template <class C>
struct Rejected {
    C command;
    Error error;
};

/// A timer may be due so long after the moment of its setting, a scheduled command after now: 100 years.
inline constexpr std::chrono::hours timer_longest{24 * 36'525};

/// A command as it is recorded.
struct CommandToSend {
    std::string command;  ///< its type
    std::string data;     ///< as JSON
};

/// A timer as it is recorded.
struct TimerToSet {
    std::string name;
    /// After the time of what is being heard, or at a moment.
    std::variant<std::chrono::microseconds, Timestamp> due;
    std::string type;  ///< of the fact that it brings back
    std::string data;  ///< the fact as JSON
};

/// What a process answers to what it hears: a plain value. Cancellations come first, then timers, commands, the end.
/// `Steps{}` or `{}`: nothing but what the process remembers.
class VARVE_API Steps {
public:
    Steps() = default;

    /// Adds what others say, for steps made in a loop.
    Steps& add(Steps more);

    [[nodiscard]] const std::vector<CommandToSend>& commands() const { return commands_; }
    [[nodiscard]] const std::vector<TimerToSet>& timers() const { return timers_; }
    [[nodiscard]] const std::vector<std::string>& cancelled() const { return cancelled_; }
    [[nodiscard]] bool finished() const { return finished_; }
    /// Set when something cannot be recorded: then nothing of it is done, and the instance is quarantined.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    /// Inside of send, timer, cancel and finish.
    void add_command(std::string_view command, Result<std::string> data);
    void add_timer(TimerToSet timer, Result<std::string> data);
    void add_cancelled(std::string name) { cancelled_.push_back(std::move(name)); }
    void finish() { finished_ = true; }
    void fail(Error error) {
        if (!error_) error_ = std::move(error);
    }

private:
    std::vector<CommandToSend> commands_;
    std::vector<TimerToSet> timers_;
    std::vector<std::string> cancelled_;
    std::optional<Error> error_;
    bool finished_ = false;
};

/// A command to send, one of the process's Sends. The commands of one instance are sent one after the other, in order.
template <class C>
[[nodiscard]] Steps send(const C& command) {
    Steps steps;
    steps.add_command(event_type<C>(), to_json(command));
    return steps;
}

/// A timer: `fact`, one of the process's Timers, is heard by `on(const Fact&)` so long after the time of what is being
/// heard now (an event's `created`, the due time of another timer). A negative one fires at once. `name` is the timer's
/// own within the instance (1 to 255 bytes): setting it again replaces it. Beyond timer_longest it is refused.
template <class T, class Rep, class Period>
[[nodiscard]] Steps timer(std::string name, std::chrono::duration<Rep, Period> after, const T& fact) {
    Steps steps;
    const std::chrono::duration<double> seconds = after;
    // Not the other way round, which would let NaN through.
    if (!(seconds <= std::chrono::duration<double>(timer_longest))) {
        steps.fail({.code = Code::invalid_argument,
                    .message = "timer '" + name + "' is due in more than 100 years; set one that is due earlier"});
        return steps;
    }
    const auto lowest = -std::chrono::duration<double>(timer_longest);
    const auto kept = seconds < lowest ? std::chrono::duration_cast<std::chrono::microseconds>(-timer_longest)
                                       : std::chrono::duration_cast<std::chrono::microseconds>(after);
    steps.add_timer({std::move(name), kept, std::string(event_type<T>()), {}}, to_json(fact));
    return steps;
}

/// The same at a moment; one that has passed fires at once.
template <class T, class Duration>
[[nodiscard]] Steps timer(std::string name, std::chrono::sys_time<Duration> at, const T& fact) {
    Steps steps;
    steps.add_timer({std::move(name), detail::to_timestamp(at), std::string(event_type<T>()), {}}, to_json(fact));
    return steps;
}

/// The timer of that name will not fire. Nothing happens when there is none.
[[nodiscard]] VARVE_API Steps cancel(std::string name);

/// The instance ends: its timers are cancelled, what was to be sent is still sent, and nothing more is heard.
[[nodiscard]] VARVE_API Steps finish();

/// All of these together.
template <class... S>
[[nodiscard]] Steps steps(S... each) {
    Steps all;
    (all.add(std::move(each)), ...);
    return all;
}

/// How a process is doing, see `App::processes`.
struct ProcessStatus {
    enum class State : std::uint8_t {
        starting,     ///< reads which instances have something open
        catching_up,  ///< works through the log
        live,         ///< has heard everything, waits for more
        stopped,      ///< the App or its store was closed
        failed        ///< the store, or too much that it could not hear, stopped it: see `error`
    };
    /// An instance that hears nothing, sends nothing and fires nothing until it is retried.
    struct Quarantined {
        std::string key;
        Position position;  ///< of the event that it could not hear; of the next one to hear when it was no event
        Error error;
    };
    /// An event that could not be given to any instance: it does not decode, or its key is none.
    struct Unheard {
        Position position;
        Error error;
    };

    std::string name;  ///< of the process's type; `scheduled` for scheduled commands
    State state = State::starting;
    Position position;                          ///< every event below it is heard
    Position head;                              ///< of the store, at this moment
    std::uint64_t running = 0;                  ///< instances that have begun and not ended
    std::uint64_t timers = 0;                   ///< set and not fired
    std::uint64_t commands = 0;                 ///< recorded and not answered yet
    std::optional<Timestamp> next_due = {};     ///< when the next timer fires or command is tried again
    std::uint64_t rejected = 0;                 ///< commands rejected or failed for good, since the start of this App
    std::uint64_t quarantined_count = 0;        ///< instances in quarantine
    std::vector<Quarantined> quarantined = {};  ///< the first 100 of them
    std::vector<Unheard> unheard = {};          ///< events that no instance could be given
    std::optional<Error> error = {};            ///< what stopped it
    std::optional<Error> last_error = {};       ///< the last thing that went wrong, with the instance or event

    /// How many events it is behind.
    [[nodiscard]] std::uint64_t lag() const { return head > position ? head - position : 0; }
};
[[nodiscard]] VARVE_API std::string_view to_string(ProcessStatus::State state);

/// One instance as it stands, see `App::instance`.
template <class P>
struct Instance {
    std::string stream;                            ///< of its steps, e.g. `delivery-o1`
    P state = {};                                  ///< what it remembers
    std::optional<Revision> revision = {};         ///< of its last step; nothing: it has not begun
    bool finished = false;                         //
    std::map<std::string, Timestamp> timers = {};  ///< set and not fired: when they are due
    std::vector<std::string> commands = {};        ///< the types of those not answered yet
    std::optional<Error> quarantine = {};          ///< why it hears nothing

    [[nodiscard]] bool exists() const { return revision.has_value(); }
    const P& operator*() const { return state; }
    const P* operator->() const { return &state; }
};

namespace detail {

/// Inside of App::instance: what was found, with what it remembers.
template <class P>
Instance<P> with_state(std::string stream, Instance<int> found, P state) {
    return {
        std::move(stream),         std::move(state),           found.revision, found.finished, std::move(found.timers),
        std::move(found.commands), std::move(found.quarantine)};
}

}  // namespace detail
}  // namespace varve
