/// One command's way from its key to its receipt: load, decide, append; again when others came first.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/fold.hpp"
#include "model/snapshot_keeper.hpp"
#include "varve/command.hpp"
#include "varve/detail/command_route.hpp"
#include "varve/store.hpp"

namespace varve {

/// Lives for one command, in the thread that sends it.
class Attempt {
public:
    Attempt(Store& store, SnapshotKeeper* snapshots, const detail::CommandRoute& route, const void* command,
            CommandContext& context)
        : store_(store), snapshots_(snapshots), route_(route), command_(command), context_(context) {}

    Result<Receipt> run();

private:
    struct Loaded {
        const detail::StateType* type;
        std::string stream;
        Source facts;
        std::shared_ptr<void> state;
        Reached reached;
        Position seen;  ///< of a query: all that it found below is folded
    };

    /// Finds the entities by their keys, each stream once. (A cache of hot entities would come in here.)
    Result<> find();
    /// Folds what is new since the last time.
    Result<> load();
    Result<> load_stream(Loaded& entity);
    Result<> load_query(Loaded& entity);
    /// An entity whose stream shows no event: it may have some all the same.
    Result<> fold_unseen(Loaded& entity, const Selection& selection);
    /// The receipt of this command, when it was sent before; nothing without a command id.
    Result<std::optional<Receipt>> find_original() const;
    Result<Decision> decide() const;
    /// The events at their streams, on condition that everything read is as it was read.
    Result<Commit> to_commit(Decision decision) const;
    /// What must still hold of an entity that was read.
    static Condition condition_of(const Loaded& entity);
    Result<> address(NewEvent& event) const;
    /// Whether somebody still waits for it.
    Result<> check_wanted() const;
    /// `account-a1, account-a2`
    std::string streams() const;
    /// `Withdraw on account-a1`
    std::string describe() const;

    Store& store_;
    SnapshotKeeper* snapshots_;  ///< nullptr: there are none
    const detail::CommandRoute& route_;
    const void* command_;
    CommandContext& context_;
    std::vector<Loaded> loaded_;
    std::vector<std::size_t> places_;  ///< for each entity that decide takes: which of loaded_
};

}  // namespace varve
