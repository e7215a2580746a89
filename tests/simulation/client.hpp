/// Appends to a store, predicts each answer, and keeps the oracle's history by the answers.
#pragma once

#include <cstdint>
#include <deque>
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
    std::optional<Conflict> refusal;  ///< the condition that must be found broken
    Receipt receipt;                  ///< otherwise: what the receipt must say, of a new commit but for the time
    std::optional<Result<Receipt>> answer;
    int answers = 0;

    /// Does it change the store when it succeeds?
    [[nodiscard]] bool writes() const { return !refusal && !receipt.repeated; }
};

class Client {
public:
    Client(World& world, History& history) : world_(world), history_(history) {}

    void begin(Store& store, Durability durability);
    /// A commit in the blocking form; whatever is on its way is settled before.
    void append();
    /// One that must succeed.
    void append_surely();
    void append_pipelined();
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
    /// May an error be the disk's? Told by whoever arranges faults.
    bool no_room = false;      ///< the disk is full, or was told to say so
    bool index_fails = false;  ///< the index was told to fail
    bool expect_lag = false;   ///< the index may lag so far that appends are refused

private:
    [[nodiscard]] NewEvent event(std::uint64_t commit, std::uint64_t number);
    [[nodiscard]] Commit commit();
    /// One that must be taken for a repeat of `original`: the same, or another with its command id.
    [[nodiscard]] Commit again(const Placed& original);
    void add_conditions(Commit& made);
    [[nodiscard]] Expected expectation(std::string_view stream);
    std::shared_ptr<Attempt> attempt();
    [[nodiscard]] AppendOptions options();
    void judge(Attempt& attempt);
    void judge_receipt(const Attempt& attempt, const Receipt& receipt);
    void judge_error(Attempt& attempt, const Error& error);
    void rebuild_view();
    [[nodiscard]] std::optional<History> reconciled(const std::vector<Kept>& found, Position required) const;

    World& world_;
    History& history_;
    History view_;  ///< the history, and behind it what is on its way
    std::optional<Store> store_;
    Durability durability_ = Durability::durable;
    std::deque<std::shared_ptr<Attempt>> waiting_;
    std::vector<std::shared_ptr<Attempt>> unknown_;
    std::uint64_t attempts_ = 0;
    bool poisoned_ = false;
};

}  // namespace varve::simulation
