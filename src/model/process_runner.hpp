/// What a process does, without a thread: hears events, sends what is to be sent, fires what is due, and keeps its steps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/command_bus.hpp"
#include "model/process_fold.hpp"
#include "model/process_log.hpp"
#include "model/process_table.hpp"
#include "model/step_batch.hpp"
#include "varve/clock.hpp"
#include "varve/store.hpp"

namespace varve {

/// So many events may be there that no instance could be given; then the process stops.
inline constexpr std::size_t unheard_max = 1000;
/// How often a command that fails for a reason which may pass is sent, before it counts as failed for good.
inline constexpr int send_attempts = 10;

/// Used by one thread at a time.
class ProcessRunner {
public:
    ProcessRunner(const detail::ProcessType& type, const Store& store, CommandBus& commands,
                  std::shared_ptr<Clock> clock);

    /// Reads what is open. To be called once, before all else.
    Result<> start();
    /// The next event of the log. Its step is on record after the next flush.
    Result<> hear(const Event& event);
    /// Every event below this position has been given to hear.
    void reach(Position position) { next_ = std::max(next_, position); }
    /// Sends the commands, fires the timers that are due at this moment: up to `most` instances, each once. Answers
    /// whether there were any.
    Result<bool> send_due(Timestamp now, std::size_t most);
    /// Commands that wait to be tried again are tried at once.
    void hurry();
    Result<bool> fire_due(Timestamp now, std::size_t most);
    /// Puts the steps since the last time on record. False: it could not be, nothing of it has happened, and the log is
    /// to be heard again from position() on.
    Result<bool> flush();
    /// Whether steps should be put on record now.
    [[nodiscard]] bool full() const { return batch_.full() || (careful_ > 0 && !batch_.empty()); }
    /// Lets go of idle instances, and writes down where to begin after a restart when there is reason to. Between flushes.
    void tidy(bool at_end);

    /// Takes an instance out of quarantine: hears what it has missed. The error that put it back, if one does.
    Result<> retry(const std::string& key);
    /// Hears an event that no instance could be given.
    Result<> rehear(Position position);

    /// Every event below it is heard, and on record.
    [[nodiscard]] Position position() const { return position_; }
    /// When there is something to do without a new event; nothing: never.
    [[nodiscard]] std::optional<Timestamp> next_due() const;
    /// Nothing can be done before this moment, because the store has no room.
    [[nodiscard]] Timestamp paused_until() const { return paused_until_; }
    void tell(ProcessStatus& status) const;

private:
    Result<ProcessInstance*> load(const std::string& key, bool with_state);
    Result<> reload(const std::string& key);
    /// Folds the state of an instance that is in memory without one. `problem`: user code or an event stood in the way.
    Result<> fold_state(ProcessInstance*& instance, std::optional<Error>& problem);
    Result<> take_own(const Event& event);
    /// The instances that the event belongs to. An error: it cannot be told.
    [[nodiscard]] Result<std::vector<detail::Hearer>> hearers_of(const Event& event) const;
    /// `late`: it comes after later ones, and an error is only answered.
    Result<> hear_by(const detail::Hearer& hearer, const Event& event, bool late);
    [[nodiscard]] static bool passes_by(const ProcessInstance& instance, const detail::Hearer& hearer,
                                        const Event& event, bool late);

    /// Adds what was answered to a step. An error: it cannot be recorded.
    Result<> complete(record::Step& step, const Steps& steps) const;
    /// An error: it cannot be recorded, and nothing has changed.
    Result<> add_step(ProcessInstance& instance, std::string_view type, const record::Step& step,
                      const CommandOptions& cause);
    Result<> add_or_quarantine(ProcessInstance& instance, std::string_view type, const record::Step& step,
                               const CommandOptions& cause);
    Result<> quarantine(ProcessInstance& instance, Position position, const Error& error);
    Result<> pass_over(const Event& event, Error error);

    Result<> send(ProcessInstance& instance, Timestamp now);
    Result<> answer(ProcessInstance& instance, const Result<Receipt>& receipt);
    Result<> fire(ProcessInstance& instance);
    /// flush, where there is no later: what stood in the way is the answer.
    Result<> flush_now();
    Result<> settle_flush(const Receipt& receipt, const std::set<std::string>& keys);
    Result<bool> give_way(const Error& error, const std::set<std::string>& keys, std::size_t events);

    const detail::ProcessType& type_;
    Store store_;
    CommandBus& commands_;
    std::shared_ptr<Clock> clock_;
    ProcessLog log_;
    ProcessTable table_;
    StepBatch batch_;
    Position position_, next_;
    Position started_;                         ///< own steps below it are in the table since the start
    std::map<Position, std::int64_t> own_;     ///< own steps not met in the log yet, and what each does to running_
    std::vector<std::int64_t> batch_running_;  ///< the same of the batch, event by event
    std::vector<record::Trouble> batch_unheard_;
    std::int64_t running_ = 0;
    std::size_t careful_ = 0;  ///< so many steps go on record one by one, because a batch was refused
    int refused_ = 0;          ///< batches in a row
    Timestamp paused_until_ = Timestamp::min();
    std::map<Position, record::Trouble> unheard_;
    std::uint64_t rejected_ = 0;
    std::optional<Error> last_error_;
};

}  // namespace varve
