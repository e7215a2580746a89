#include "model/quarantine.hpp"

#include <utility>

#include "model/guard.hpp"

namespace varve {

std::string blamed_key(const detail::ProjectionType& type, const Event& event, const Partition& mine) {
    const detail::OnStep* step = type.events.find(event.type);
    std::optional<std::string> key;
    if (step != nullptr && step->key != nullptr) {
        // What `partition` throws here, it throws where the event is applied, too.
        static_cast<void>(guarded(
            [&]() -> Result<> {
                key = step->key(event, mine);
                return {};
            },
            [] { return "partition"; }));
    }
    return key ? std::move(*key) : std::string(event.stream);
}

void Quarantine::load(std::vector<QuarantinedKey> found) {
    for (QuarantinedKey& key : found) {
        std::string name = key.key;
        keys_.emplace(std::move(name), std::move(key));
    }
    size_ = keys_.size();
}

bool Quarantine::holds(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    return keys_.contains(key);
}

std::optional<QuarantinedKey> Quarantine::find(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(key);
    return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<QuarantinedKey> Quarantine::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<QuarantinedKey> all;
    all.reserve(keys_.size());
    for (const auto& [name, key] : keys_) all.push_back(key);
    return all;
}

void Quarantine::put(QuarantinedKey key) {
    const std::lock_guard lock(mutex_);
    std::string name = key.key;
    unwritten_.insert(name);
    keys_.insert_or_assign(std::move(name), std::move(key));
    size_ = keys_.size();
}

void Quarantine::release(std::string_view key) {
    const std::lock_guard lock(mutex_);
    if (const auto found = keys_.find(key); found != keys_.end()) keys_.erase(found);
    if (const auto found = unwritten_.find(key); found != unwritten_.end()) unwritten_.erase(found);
    size_ = keys_.size();
}

void Quarantine::miss(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto found = missed_.find(key);
    if (found != missed_.end()) {
        ++found->second;
    } else {
        missed_.emplace(key, 1);
    }
}

std::vector<QuarantinedKey> Quarantine::changed() const {
    const std::lock_guard lock(mutex_);
    std::vector<QuarantinedKey> changed;
    for (const auto& [name, key] : keys_) {
        const auto missed = missed_.find(name);
        if (missed == missed_.end() && !unwritten_.contains(name)) continue;
        changed.push_back(key);
        if (missed != missed_.end()) changed.back().missed += missed->second;
    }
    return changed;
}

void Quarantine::batch_committed() {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, count] : missed_) {
        if (const auto found = keys_.find(name); found != keys_.end()) found->second.missed += count;
    }
    missed_.clear();
    unwritten_.clear();
}

void Quarantine::batch_abandoned() {
    const std::lock_guard lock(mutex_);
    missed_.clear();
}

}  // namespace varve
