/// The steps of processes as they are stored. Names of types, members and outcomes are part of the stored format: never
/// change what they mean; new members are optional.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/event.hpp"
#include "varve/json.hpp"
#include "varve/process.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::record {

// In the instance's stream, one after the other. All but the last two hold a Step.
inline constexpr std::string_view heard = "$Heard";              ///< an event of the log
inline constexpr std::string_view fired = "$Fired";              ///< a timer of its own
inline constexpr std::string_view answered = "$Answered";        ///< a command was accepted, rejected, or failed
inline constexpr std::string_view scheduled = "$Scheduled";      ///< somebody schedules a command
inline constexpr std::string_view unscheduled = "$Unscheduled";  ///< and takes it back
inline constexpr std::string_view quarantined = "$Quarantined";  ///< it hears nothing from a position on: a Trouble
inline constexpr std::string_view released = "$Released";        ///< it hears again, has caught up: `{}`

// In the process's own stream, `$process-<category>`.
inline constexpr std::string_view unheard = "$Unheard";        ///< an event that no instance could be given: a Trouble
inline constexpr std::string_view reheard = "$Reheard";        ///< and now it could: a Trouble without a message
inline constexpr std::string_view open_part = "$Open";         ///< a part of what the next checkpoint says: Keys
inline constexpr std::string_view checkpoint = "$Checkpoint";  ///< Checkpoint

enum class Outcome : std::uint8_t { done, rejected, failed };

struct Send {
    std::string command;
    Json data;
    std::optional<std::string> id = {};  ///< a command id of its own
};

struct Timer {
    std::string name;
    Timestamp due;
    std::string fact;  ///< of a scheduled command: the command
    Json data;
    std::optional<std::string> id = {};  ///< $Scheduled: a command id of its own
};

struct Answer {
    Revision step;  ///< which ordered the command
    std::uint64_t index = 0;
    Outcome outcome = Outcome::done;
    std::optional<Position> position = {};  ///< of the command's first event; nothing: it had none
    std::optional<std::string> code = {};   ///< of the error
    std::optional<std::string> reason = {};
    std::optional<std::string> message = {};
};

struct Step {
    Timestamp time;                         ///< from which its timers count
    std::optional<Position> heard = {};     ///< $Heard: the event
    std::optional<std::string> fired = {};  ///< $Fired: the timer's name
    std::optional<Answer> answered = {};
    std::optional<std::vector<std::string>> cancels = {};
    std::optional<std::vector<Timer>> timers = {};
    std::optional<std::vector<Send>> sends = {};
    std::optional<std::map<std::string, std::string>> metadata = {};  ///< $Scheduled: of the command's events
    bool finishes = false;
};

struct Trouble {
    Position position;
    std::string code;
    std::string message;
};

struct Keys {
    std::vector<std::string> keys;
};

struct Checkpoint {
    Position position;          ///< every event below it is heard
    std::uint64_t running = 0;  ///< instances, as of that position
    std::uint64_t parts = 0;    ///< so many $Open events stand before this one: the instances with something open
    std::vector<Trouble> unheard = {};
};

/// An event with this record as its data.
template <class T>
[[nodiscard]] Result<NewEvent> to_event(std::string_view stream, std::string_view type, const T& data) {
    auto text = to_json(data);
    if (!text.ok()) return std::move(text).error();
    return NewEvent{.stream = std::string(stream), .type = std::string(type), .data = std::move(*text)};
}

/// The record of an event; an error names stream and revision.
template <class T>
[[nodiscard]] Result<T> read(const Event& event) {
    auto data = from_json<T>(event.data);
    if (data.ok()) return data;
    return std::move(data).within("stream '" + std::string(event.stream) + "' revision " +
                                  std::to_string(event.revision.value) + " (" + std::string(event.type) + ")");
}

/// The record of a step; an error also where it is no step of ours, whatever it holds.
[[nodiscard]] Result<Step> read_step(const Event& event);

/// Fit to be stored: UTF-8, and not longer than a message should be.
[[nodiscard]] std::string clean_text(std::string_view text);
[[nodiscard]] Trouble trouble(Position position, const Error& error);
[[nodiscard]] Error error_of(const Trouble& trouble);
/// The error of a rejected or failed command.
[[nodiscard]] Error error_of(const Answer& answer);
/// The code of that name; `unknown` when there is none.
[[nodiscard]] Code code_of(std::string_view name);

}  // namespace varve::record
