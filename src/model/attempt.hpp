/// One command's way from its key to its receipt: its turn, load, decide, append; again when others came first.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/entity_cache.hpp"
#include "model/loaded_entity.hpp"
#include "model/turns.hpp"
#include "varve/command.hpp"
#include "varve/detail/command_route.hpp"
#include "varve/store.hpp"

namespace varve {

/// Lives for one command, in the thread that sends it.
class Attempt {
public:
    Attempt(const StateSources& sources, EntityCache& cache, const detail::CommandRoute& route, const void* command,
            CommandContext& context)
        : sources_(sources),
          store_(sources.store),
          cache_(cache),
          route_(route),
          command_(command),
          context_(context) {}

    Result<Receipt> run();

private:
    /// Finds the entities by their keys, each stream once.
    Result<> find();
    Result<Receipt> decide_until_settled(const Turns& turns);
    /// Gets all states at the first time, when the turns are given; later folds what is new since.
    Result<> load(const Turns* first);
    /// What the command comes to on the states as they are. `settled` becomes false when it is no answer yet: a conflict, or
    /// nothing was written, so that no condition has told whether the states are current. `head`: of the store, from before.
    Result<Receipt> decide_and_append(Position head, bool& settled);
    /// Whether the states that come from the cache are current.
    Result<bool> compare(Position head);
    /// The receipt of this command, when it was sent before; nothing without a command id.
    Result<std::optional<Receipt>> find_original() const;
    Result<Decision> decide() const;
    /// The events at their streams, on condition that everything read is as it was read.
    Result<Commit> to_commit(Decision decision) const;
    Result<> address(NewEvent& event) const;
    /// Whether somebody still waits for it.
    Result<> check_wanted() const;
    /// `account-a1, account-a2`
    std::string streams() const;
    /// `Withdraw on account-a1`
    std::string describe() const;

    const StateSources sources_;
    Store& store_;
    EntityCache& cache_;
    const detail::CommandRoute& route_;
    const void* command_;
    CommandContext& context_;
    std::vector<LoadedEntity> loaded_;
    std::vector<std::size_t> places_;  ///< for each entity that decide takes: which of loaded_
};

}  // namespace varve
