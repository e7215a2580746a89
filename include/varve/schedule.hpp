/// Commands that are sent later: recorded now, sent once at their time, also when the program was restarted meanwhile.
///
///     auto later = bank.schedule(Withdraw{"a1", 500}, std::chrono::days(30));
///     bank.unschedule(later->id);                     // as long as it has not been sent
///     bank.scheduled(later->id)->state                // waiting, sending, done, rejected, failed, unscheduled
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "varve/commit.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// What `App::schedule` answers.
struct Scheduled {
    std::string id;   ///< for `unschedule` and `scheduled`: the command id if one was given, else a new UUID
    Timestamp due;    ///< when it is sent
    Receipt receipt;  ///< of the record: it is as durable as this says
};

/// How a scheduled command stands.
struct ScheduledCommand {
    enum class State : std::uint8_t {
        waiting,     ///< for its time
        sending,     ///< its time has come: it is on its way, or tried again after an error that may pass
        done,        ///< accepted; `position` is that of its first event, if it had any
        rejected,    ///< `error` is the rejection
        failed,      ///< `error` says why; it is not tried again
        unscheduled  ///< taken back before its time
    };
    std::string id;
    std::string command;  ///< its type
    std::string data;     ///< as JSON
    Timestamp due;
    State state = State::waiting;
    std::optional<Position> position = {};
    std::optional<Error> error = {};
};
[[nodiscard]] VARVE_API std::string_view to_string(ScheduledCommand::State state);

}  // namespace varve
