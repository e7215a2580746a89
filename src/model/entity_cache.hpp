/// The entities of one App that commands are about: whose turn it is at each, and the states of those used last.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/basis.hpp"
#include "model/fold.hpp"
#include "model/key_store.hpp"
#include "model/turn_queue.hpp"
#include "varve/detail/step.hpp"
#include "varve/types.hpp"

namespace varve {

/// A folded state, and how far it goes.
struct FoldedState {
    const detail::StateType* type = nullptr;
    std::shared_ptr<void> state = {};
    Reached reached = {};
    Position seen = {};  ///< all of its events below are folded
    Basis basis = {};
};

/// Safe from any thread. At most `capacity` entities stay when nobody is at work on them; the one longest without a command
/// goes first. It is cut into parts that share nothing, so commands about different entities rarely meet.
class EntityCache {
    struct Part;

public:
    /// `keys`: what personal values in the states are read with; nullptr: with none.
    EntityCache(std::size_t capacity, std::shared_ptr<const KeyStore> keys);
    ~EntityCache();

    /// One entity, for whoever has its turn.
    class Entity {
    public:
        Entity(Part& part, std::string_view stream) : part_(part), stream_(stream) {}

        [[nodiscard]] const std::string& stream() const { return stream_; }
        /// Takes the state of this type out; without one: state is null. Whoever has finished with it puts it back, whole.
        [[nodiscard]] FoldedState recall(const detail::StateType& type);
        void keep(FoldedState state);
        /// Where a command of this App last wrote to its stream: a state that has seen less is not up to date.
        Position written = {};

    private:
        friend EntityCache;
        Part& part_;
        const std::string stream_;
        std::vector<FoldedState> states_;  ///< one for each type that decides on this stream: nearly always one
        TurnQueue turn_;                   ///< guarded by the part's mutex, as all that follows
        std::list<Entity>::iterator self_;
    };

    /// Waits for the turn at a stream's entity, as TurnQueue::take; nullptr: it has not come, and `holder` says why.
    Entity* take(std::string_view stream, std::string_view command, Deadline deadline, const std::stop_token& cancel,
                 TurnQueue::Holder& holder);
    /// The same without waiting.
    Entity* try_take(std::string_view stream, std::string_view command);
    /// Ends a turn.
    void leave(Entity& entity);

    /// Entities at which nobody is at work.
    [[nodiscard]] std::size_t idle() const;
    [[nodiscard]] bool keeps() const { return capacity_ > 0; }
    [[nodiscard]] const KeyStore* keys() const { return keys_.get(); }

private:
    struct Part {
        mutable std::mutex mutex;
        std::unordered_map<std::string_view, Entity*> by_stream;  ///< views into the entities
        std::list<Entity> busy;
        std::list<Entity> idle;  ///< the last one used first
    };

    Part& part_of(std::string_view stream) { return parts_[std::hash<std::string_view>()(stream) % parts_.size()]; }
    /// Among the idle ones when it is new.
    static Entity& find(Part& part, std::string_view stream);

    const std::size_t capacity_;
    const std::shared_ptr<const KeyStore> keys_;
    std::vector<Part> parts_;
};

}  // namespace varve
