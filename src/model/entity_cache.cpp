#include "model/entity_cache.hpp"

#include <algorithm>

namespace varve {

namespace {

/// Parts enough that as many threads as a machine has rarely meet in one, where each still holds a fair number.
std::size_t parts_for(std::size_t capacity) {
    return std::clamp<std::size_t>(capacity / 256, 1, 64);
}

}  // namespace

EntityCache::EntityCache(std::size_t capacity, std::shared_ptr<const KeyStore> keys)
    : capacity_(capacity), keys_(std::move(keys)), parts_(parts_for(capacity)) {}

EntityCache::~EntityCache() = default;

FoldedState EntityCache::Entity::recall(const detail::StateType& type) {
    const auto known = std::ranges::find(states_, &type, &FoldedState::type);
    if (known == states_.end()) return {};
    FoldedState taken = std::move(*known);
    states_.erase(known);
    return taken;
}

void EntityCache::Entity::keep(FoldedState state) {
    states_.push_back(std::move(state));
}

EntityCache::Entity& EntityCache::find(Part& part, std::string_view stream) {
    if (const auto known = part.by_stream.find(stream); known != part.by_stream.end()) return *known->second;
    Entity& entity = part.idle.emplace_front(part, stream);
    entity.self_ = part.idle.begin();
    part.by_stream.emplace(entity.stream_, &entity);
    return entity;
}

EntityCache::Entity* EntityCache::take(std::string_view stream, std::string_view command, Deadline deadline,
                                       const std::stop_token& cancel, TurnQueue::Holder& holder) {
    Part& part = part_of(stream);
    std::unique_lock lock(part.mutex);
    Entity& entity = find(part, stream);
    if (entity.turn_.idle()) part.busy.splice(part.busy.begin(), part.idle, entity.self_);
    if (entity.turn_.take(lock, command, deadline, cancel)) return &entity;
    holder = entity.turn_.holder();
    return nullptr;
}

EntityCache::Entity* EntityCache::try_take(std::string_view stream, std::string_view command) {
    Part& part = part_of(stream);
    const std::lock_guard lock(part.mutex);
    Entity& entity = find(part, stream);
    if (!entity.turn_.try_take(command)) return nullptr;
    part.busy.splice(part.busy.begin(), part.idle, entity.self_);
    return &entity;
}

void EntityCache::leave(Entity& entity) {
    Part& part = entity.part_;
    std::list<Entity> forgotten;  // destroyed without the lock: a state may be large
    const std::lock_guard lock(part.mutex);
    entity.turn_.leave();
    if (!entity.turn_.idle()) return;
    const auto forget = [&](std::list<Entity>& from, Entity& it) {
        part.by_stream.erase(it.stream_);
        forgotten.splice(forgotten.begin(), from, it.self_);
    };
    if (entity.states_.empty() || capacity_ == 0) return forget(part.busy, entity);
    part.idle.splice(part.idle.begin(), part.busy, entity.self_);
    if (part.idle.size() > capacity_ / parts_.size()) forget(part.idle, part.idle.back());
}

std::size_t EntityCache::idle() const {
    std::size_t entities = 0;
    for (const Part& part : parts_) {
        const std::lock_guard lock(part.mutex);
        entities += part.idle.size();
    }
    return entities;
}

}  // namespace varve
