/// One instance of a process: what its stream of steps says is open. No user code, no I/O.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "model/process_record.hpp"
#include "varve/command.hpp"
#include "varve/event.hpp"

namespace varve {

struct PendingTimer {
    Timestamp due;
    std::string fact;
    std::string data;
    std::optional<std::string> id = {};
    std::string causation = {};  ///< the id of the step that set it
    std::string trace = {};      ///< of that step
};

struct PendingCommand {
    Revision step;  ///< which ordered it
    std::uint64_t index = 0;
    std::string command;
    std::string data;
    std::string id;         ///< its command id
    std::string causation;  ///< the id of the step
    std::string trace;      ///< of the step
    int attempts = 0;
    Timestamp next = {};  ///< not before this moment
};

struct ProcessInstance {
    std::string key;
    std::string stream;
    std::optional<Revision> revision = {};
    std::optional<Position> begun = {}, ended = {};  ///< positions of the steps that began and finished it
    std::optional<Position> heard = {};              ///< the last event heard in the order of the log
    std::set<Position> late = {};                    ///< heard after a later one
    bool finished = false;
    std::map<std::string, PendingTimer> timers = {};
    std::deque<PendingCommand> commands = {};
    std::optional<record::Trouble> quarantine = {};
    bool unreadable = false;                           ///< its stream: the quarantine says what of it
    std::string correlation = {};                      ///< for the metadata of its commands
    std::map<std::string, std::string> metadata = {};  ///< likewise
    std::shared_ptr<void> state = nullptr;             ///< the user's struct; null: not folded

    /// Whether the event at this position, met in the order of the log, was heard before.
    [[nodiscard]] bool passed(Position position) const { return heard && position <= *heard; }
    /// Whether it has anything to do, now or later.
    [[nodiscard]] bool open() const { return !timers.empty() || !commands.empty() || quarantine.has_value(); }
    /// When its first command may be sent, its first timer fires; nothing: never.
    [[nodiscard]] std::optional<Timestamp> command_due() const;
    [[nodiscard]] std::optional<Timestamp> timer_due() const;
    /// The timer that is due first; requires that there is one.
    [[nodiscard]] std::map<std::string, PendingTimer>::const_iterator first_timer() const;

    /// Of what is caused by this step of it.
    [[nodiscard]] CommandOptions go_on(std::string causation, std::string trace) const {
        return {.correlation_id = correlation, .causation_id = std::move(causation), .trace_parent = std::move(trace)};
    }

    /// Takes in the next event of its stream, about to be stored. An error: it is none that we know how to read, and
    /// nothing has changed.
    Result<> apply(const Event& step);
    /// The same of a stored one, which is there whatever it is: one that cannot be read quarantines the instance for as
    /// long as it is in the stream.
    void take_in(const Event& step);

private:
    void apply_step(const Event& event, record::Step step);
};

/// `delivery-o1@3.0`: of the step's stream and revision and the command's place in it; hashed where it would be too long.
[[nodiscard]] std::string command_id_of(const std::string& stream, Revision step, std::uint64_t index);

}  // namespace varve
