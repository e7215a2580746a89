/// How projections are doing: how far, how fast, what went wrong, and which keys are set aside.
///
///     for (const varve::ProjectionStatus& status : bank.projections())
///         for (const varve::QuarantinedKey& key : status.quarantined)
///             std::cout << status.name << ": " << key.key << " since position " << key.position << ": " << key.error << '\n';
///     bank.retry<Balances>("account-a1");   // when the handler is mended
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/effects.hpp"
#include "varve/export.hpp"
#include "varve/projection_options.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// A key whose events a projection could not apply. From `position` on the rows lack what concerns it, in order, until it
/// is retried or discarded (`App::retry`, `App::discard`, `varve projections`); everything else goes on.
struct QuarantinedKey {
    std::string key;             ///< what the projection's `partition` answers for the event; else its stream
    Position position;           ///< of the event that failed
    Error error;                 ///< of its last attempt
    Timestamp since;             ///< when it was set aside
    std::uint32_t attempts = 0;  ///< how often that event was tried
    std::uint64_t missed = 0;    ///< events of this key that the rows lack
};

/// How a projection is doing, see `App::projections`.
struct ProjectionStatus {
    enum class State : std::uint8_t {
        catching_up,  ///< works through the log
        live,         ///< has seen everything, waits for more
        waiting,      ///< its file refuses for now (full disk, locked, no rights), or too many of its effects wait in
                      ///< memory: see `last_error`; it keeps trying
        stopped,      ///< the App or its store was closed
        failed        ///< it cannot go on: see `error`; its queries answer that error
    };
    /// An event that failed and is tried again, before its key is set aside.
    struct Trying {
        Position position;
        std::string key;
        std::uint32_t attempts = 0;  ///< so far
        Error error;
    };
    /// An event that its handler has been at for more than a second.
    struct Slow {
        Position position;
        std::string type;  ///< empty when retention has removed the event meanwhile
        std::chrono::milliseconds so_far{};
    };

    /// Among the two of a rebuild (varve/rebuild.hpp).
    enum class Role : std::uint8_t {
        in_charge,  ///< it answers
        next,       ///< it is being built, or ready to take over
        previous    ///< another one has taken over; it follows, to be rolled back to
    };

    std::string name;   ///< of the projection's type
    std::string place;  ///< `memory`, or the path of the file
    State state = State::catching_up;
    Position position;                ///< every event below it is in the rows, but for keys in quarantine
    Position head;                    ///< of the store, at this moment
    double events_per_second = 0;     ///< of the log, over about the last second of work
    std::optional<Error> error = {};  ///< what stopped it

    Life life = Life::async;
    /// How far each partition is, when there are several; `position` is then the least of them, `place` names all their files
    /// (`balances.db.{0..3}`), and what is said of the work is said of the one that is furthest behind.
    std::vector<Position> partitions = {};
    std::optional<EffectsStatus> effects = {};  ///< of a projection that has some, in all its partitions

    /// The last thing that went wrong, also when it went right later: names event, stream and position.
    std::optional<Error> last_error = {};
    std::vector<QuarantinedKey> quarantined = {};  ///< at most limits::quarantined_keys
    std::optional<Trying> trying = {};
    std::optional<Slow> slow = {};
    /// The age of the oldest event that it has not seen; nothing: it has seen all.
    std::optional<std::chrono::microseconds> behind = {};
    /// While it catches up: until it is live, if it goes on as it did.
    std::optional<std::chrono::seconds> time_left = {};
    Role role = Role::in_charge;

    /// How many events it is behind.
    [[nodiscard]] std::uint64_t lag() const { return head > position ? head - position : 0; }
    /// How many events its quarantined keys have missed.
    [[nodiscard]] std::uint64_t missed() const {
        std::uint64_t sum = 0;
        for (const QuarantinedKey& key : quarantined) sum += key.missed;
        return sum;
    }
};
[[nodiscard]] VARVE_API std::string_view to_string(ProjectionStatus::State state);
[[nodiscard]] VARVE_API std::string_view to_string(ProjectionStatus::Role role);

}  // namespace varve
