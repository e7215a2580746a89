/// How the commands are doing: how many were sent, what became of them, and what is at work now.
///
///     for (const varve::CommandStatus& each : bank.commands()) {
///         std::clog << each.command << ": " << each.accepted << " accepted, " << each.in_flight << " at work\n";
///         if (each.longest) std::clog << each.longest->entity << " is " << to_string(each.longest->stage) << '\n';
///     }
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "varve/export.hpp"

namespace varve {

/// Where a command is on its way.
enum class CommandStage : std::uint8_t {
    middleware,  ///< in a middleware, before its decision or after it
    waiting,     ///< for its turn: another command about the same entity is at work
    loading,     ///< its entities; `evolve` is called here
    deciding,    ///< in `decide`
    appending,   ///< its events are being written
    pausing,     ///< others came first; it will try again
};

/// In words: `deciding`, `waiting for its turn`.
[[nodiscard]] VARVE_API std::string_view to_string(CommandStage stage);

/// One command that is at work.
struct RunningCommand {
    std::string entity;  ///< its streams, e.g. `account-a1, account-a2`; empty while it is not known yet
    CommandStage stage = CommandStage::middleware;
    std::chrono::nanoseconds running = {};  ///< since it was begun, without the time in the queue of `send_async`
};

/// One type of command, since the App began; see App::commands.
struct CommandStatus {
    std::string command;           ///< the name of its type
    std::uint64_t sent = 0;        ///< all that were begun: those below, and what is in flight
    std::uint64_t accepted = 0;    ///< answered by a receipt, also by one without events
    std::uint64_t repeated = 0;    ///< answered by the receipt of an earlier time
    std::uint64_t rejected = 0;    ///< `failed_precondition` with a reason
    std::uint64_t failed = 0;      ///< any other error
    std::uint64_t attempts = 0;    ///< how often they were decided, all together
    std::uint64_t conflicts = 0;   ///< attempts that were made again because others came first
    std::uint64_t unanswered = 0;  ///< completions of `send_async` that threw
    /// The rejected ones by their reason; the first limits::command_reasons reasons.
    std::map<std::string, std::uint64_t> reasons = {};
    std::chrono::nanoseconds total = {};         ///< spent on those that are over, middleware included
    std::chrono::nanoseconds slowest = {};       ///< of them
    std::uint64_t queued = 0;                    ///< of `send_async`, not begun yet
    std::uint64_t in_flight = 0;                 ///< at work now
    std::optional<RunningCommand> longest = {};  ///< the one of them that was begun first
};

}  // namespace varve
