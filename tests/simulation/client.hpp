/// Appends to a store, sets what its streams keep, has it compacted; predicts each answer, and keeps the oracle's
/// history by the answers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "simulation/history.hpp"
#include "simulation/world.hpp"
#include "varve/store.hpp"

namespace varve::simulation {

/// A commit that was tried, and how it should end.
struct Attempt {
    std::uint64_t number = 0;
    Commit commit;
    Outcome due;
    std::optional<Outcome> or_else;  ///< as right
    std::optional<Result<Receipt>> answer;
    int answers = 0;

    /// Does it change the store when it succeeds?
    [[nodiscard]] bool writes() const { return due.kind == Outcome::Kind::placed; }
};

/// The same for the same numbers, and no other.
[[nodiscard]] EventId event_id(std::uint64_t commit, std::uint64_t number);

class Client {
public:
    Client(World& world, History& history) : world_(world), history_(history), view_(history) {}

    void begin(Store& store, Durability durability);
    /// A commit in the blocking form; whatever is on its way is settled before.
    void append();
    /// One that must succeed.
    void append_surely();
    void append_pipelined();
    /// Asks for the receipt of a command.
    void find_command();
    /// Sets what a stream keeps, deletes one, or ends one, by the methods of Store.
    void change_settings();
    /// Compacts, as a dry run, stopped half-way, or as a whole. `meanwhile`: called now and then from inside. Answers
    /// what is durable now at least.
    Position compact(const std::function<void()>& meanwhile);
    /// Lets the background work until everything is answered.
    void settle();
    /// Looks at the answers that have come.
    void collect();
    /// The process dies: what is not answered has an unknown end.
    void abandon();

    /// Makes the history what a store shows after it was opened: everything up to `required`, and of the commits with
    /// an unknown end each whole or not at all, in the order of the attempts. False when the disk failed meanwhile.
    [[nodiscard]] bool learn(const Store& store, Position required);

    [[nodiscard]] bool poisoned() const { return poisoned_; }
    [[nodiscard]] bool busy() const { return !waiting_.empty(); }
    /// Compactions begun so far that may have taken something.
    [[nodiscard]] std::uint64_t compactions() const { return compactions_; }
    /// May an error be the disk's? Told by whoever arranges faults.
    bool no_room = false;      ///< the disk is full, or was told to say so
    bool index_fails = false;  ///< the index was told to fail
    bool expect_lag = false;   ///< the index may lag so far that appends are refused

private:
    [[nodiscard]] NewEvent event(std::uint64_t commit, std::uint64_t number);
    [[nodiscard]] Commit commit();
    /// A change of settings among other events.
    void add_settings(Commit& made);
    /// One that must be taken for a repeat of `original`: the same, or another with its command id.
    [[nodiscard]] Commit again(const Placed& original);
    void add_conditions(Commit& made);
    [[nodiscard]] Expected expectation(const std::string& stream);
    [[nodiscard]] Retention any_rules(const std::string& stream);
    std::shared_ptr<Attempt> attempt();
    /// The prediction for a commit that is about to be appended; it waits for its answer.
    std::shared_ptr<Attempt> foresee(Commit commit);
    [[nodiscard]] AppendOptions options();
    /// May it be taken at this very moment, or be gone already?
    [[nodiscard]] bool may_vanish(const Kept& kept) const;
    /// Is it known what the condition, or the commit sent again, will find?
    [[nodiscard]] bool is_sure(const Condition& condition) const;
    [[nodiscard]] bool is_sure(const Placed& original) const;
    void judge(Attempt& attempt);
    [[nodiscard]] std::string complaint(const Attempt& attempt, const Outcome& due,
                                        const Result<Receipt>& answer) const;
    [[nodiscard]] std::string complaint(const Receipt& receipt, const Outcome& due) const;
    void judge_error(const Attempt& attempt, const Error& error);
    /// A sync that failed may have taken what was only handed to the operating system: reading finds damage.
    [[nodiscard]] bool pages_may_be_lost() const {
        return durability_ == Durability::buffered && world_.files->happened();
    }
    void judge_settings(const std::string& stream, const Commit& made, std::optional<Retention> wanted) const;
    void judge_report(const CompactReport& report, std::uint64_t at_least);
    void judge_compaction_error(const Error& error, bool stopped) const;
    /// Which of the doubtful events are there?
    void look_for_doubtful();
    void rebuild_view();
    [[nodiscard]] History reconciled(const std::vector<Kept>& found, Position head, Position required) const;

    World& world_;
    History& history_;
    History view_;  ///< the history, and behind it what is on its way
    std::optional<Store> store_;
    Durability durability_ = Durability::durable;
    std::deque<std::shared_ptr<Attempt>> waiting_;
    std::vector<std::shared_ptr<Attempt>> unknown_;
    std::uint64_t attempts_ = 0;
    std::uint64_t compactions_ = 0;
    std::vector<Position> taking_;  ///< by the compaction under way
    bool compacting_ = false;
    bool poisoned_ = false;
};

}  // namespace varve::simulation
