/// An entity as one command sees it: its state, how far that goes, and where it comes from and goes to.
#pragma once

#include <span>
#include <string>

#include "model/entity_cache.hpp"
#include "model/snapshot_keeper.hpp"
#include "varve/commit.hpp"
#include "varve/detail/step.hpp"
#include "varve/event.hpp"
#include "varve/selection.hpp"
#include "varve/store.hpp"

namespace varve {

/// Where states come from.
struct StateSources {
    Store& store;
    const KeyStore* keys;       ///< what personal values are read with; nullptr: with none
    SnapshotKeeper* snapshots;  ///< nullptr: there are none
};

class LoadedEntity {
public:
    LoadedEntity(const detail::StateType& type, std::string stream, Source facts);

    [[nodiscard]] const detail::StateType& type() const { return *type_; }
    [[nodiscard]] const std::string& stream() const { return stream_; }
    /// After begin.
    [[nodiscard]] const void* state() const { return folded_.state.get(); }

    /// Gets the state: from the cache, as the last command left it, or by folding all its events. `place`: of this entity in
    /// the cache, where keep() will put the state; nullptr: it has none.
    Result<> begin(const StateSources& sources, EntityCache::Entity* place);
    /// Folds what is new since.
    Result<> catch_up(const StateSources& sources);
    /// Whether the state has been compared with the store by this command; one from the cache has not.
    [[nodiscard]] bool compared() const { return compared_; }
    /// Compares it: true when nothing newer is there. `head`: of the store, from before.
    Result<bool> compare(const StateSources& sources, Position head);

    /// What must still hold when events that were decided on the state are appended.
    [[nodiscard]] Condition condition() const;
    /// Folds what was appended on that condition.
    void follow(std::span<const Event> written);
    /// Gives the state back to the cache, if it is whole and may stay there.
    void keep();

private:
    /// All events from the beginning, or from a snapshot on.
    Result<> load_cold(const StateSources& sources);
    Result<> fold_new(const StateSources& sources);
    Result<> fold_stream(const StateSources& sources);
    Result<> fold_query(const StateSources& sources, Position head);
    [[nodiscard]] bool stands(const StateSources& sources);
    [[nodiscard]] bool may_be_kept() const { return whole_ && folded_.basis.lasts(); }
    [[nodiscard]] bool is_stream() const { return std::holds_alternative<Stream>(facts_); }
    [[nodiscard]] const std::string* basis_stream() const { return is_stream() ? &stream_ : nullptr; }

    const detail::StateType* type_;
    std::string stream_;
    Source facts_;
    FoldedState folded_;
    bool compared_ = false;
    bool whole_ = false;  ///< no fold has ended in the middle
    EntityCache::Entity* place_ = nullptr;
};

}  // namespace varve
