#include "model/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace varve {

void MemoryOutbox::drop_below(Position position) {
    for (Effects* effects : {&effects_, &aside_}) {
        effects->erase(effects->begin(), effects->lower_bound(EffectPlace{position, 0}));
    }
}

bool MemoryOutbox::full() {
    const std::lock_guard lock(mutex_);
    if (heard_) drop_below(heard_());
    return effects_.size() + aside_.size() + batch_.size() >= effects_in_memory;
}

Result<> MemoryOutbox::add(Position event, std::vector<detail::NewEffect> effects) {
    const std::lock_guard lock(mutex_);
    std::uint64_t n = 0;
    for (detail::NewEffect& effect : effects) {
        batch_.push_back({{event, n++}, std::string(effect.type), std::move(effect.data)});
    }
    return {};
}

void MemoryOutbox::commit() {
    const std::lock_guard lock(mutex_);
    for (StoredEffect& effect : batch_) effects_.insert_or_assign(effect.place, std::move(effect));
    batch_.clear();
}

void MemoryOutbox::abandon() {
    const std::lock_guard lock(mutex_);
    batch_.clear();
}

Result<std::optional<StoredEffect>> MemoryOutbox::first() {
    const std::lock_guard lock(mutex_);
    if (effects_.empty()) return std::optional<StoredEffect>();
    return std::optional(effects_.begin()->second);
}

Result<> MemoryOutbox::done(const EffectPlace& place) {
    const std::lock_guard lock(mutex_);
    effects_.erase(place);
    return {};
}

Result<> MemoryOutbox::set_aside(const EffectPlace& place, const std::string& error) {
    const std::lock_guard lock(mutex_);
    auto effect = effects_.extract(place);
    if (effect.empty()) return {};
    effect.mapped().error = error;
    aside_.insert(std::move(effect));
    return {};
}

Result<bool> MemoryOutbox::retry(const EffectPlace& place, std::string_view origin) {
    const std::lock_guard lock(mutex_);
    const auto found = aside_.find(place);
    if (found == aside_.end() || found->second.origin != origin) return false;
    auto effect = aside_.extract(found);
    effect.mapped().error.reset();
    effects_.insert(std::move(effect));
    return true;
}

Result<> MemoryOutbox::read(EffectsStatus& into) {
    const std::lock_guard lock(mutex_);
    into.held = heard_ != nullptr;
    if (heard_) {
        drop_below(heard_());
    } else {
        into.from = from_;
    }
    into.pending += effects_.size();
    into.aside += aside_.size();
    for (const auto& [place, effect] : aside_) {
        if (into.set_aside.size() == asides_listed) break;
        into.set_aside.push_back({effect_id(effect.origin, place), effect.type, effect.data, *effect.error});
    }
    return {};
}

Result<std::vector<StoredEffect>> MemoryOutbox::all() {
    const std::lock_guard lock(mutex_);
    std::vector<StoredEffect> all;
    for (const auto& [place, effect] : effects_) all.push_back(effect);
    for (const auto& [place, effect] : aside_) all.push_back(effect);
    std::ranges::sort(all, {}, &StoredEffect::place);
    return all;
}

Result<> MemoryOutbox::hold(Heard heard) {
    const std::lock_guard lock(mutex_);
    heard_ = std::move(heard);
    drop_below(heard_());
    return {};
}

Result<> MemoryOutbox::take_over(Position heard, const std::vector<StoredEffect>& left) {
    const std::lock_guard lock(mutex_);
    heard_ = nullptr;
    from_ = heard;
    drop_below(heard);
    for (const StoredEffect& effect : left) (effect.error ? aside_ : effects_).insert_or_assign(effect.place, effect);
    return {};
}

std::string effect_id(std::string_view of, const EffectPlace& place) {
    return fmt::format("{}/{}/{}", of, place.position.value, place.n);
}

}  // namespace varve
