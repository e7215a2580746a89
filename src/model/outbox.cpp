#include "model/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace varve {

Result<> MemoryOutbox::add(Position event, std::vector<detail::NewEffect> effects) {
    std::size_t waiting = 0;
    {
        const std::lock_guard lock(mutex_);
        waiting = effects_.size() + aside_.size();
    }
    if (waiting + batch_.size() + effects.size() > effects_in_memory) {
        return Error{.code = Code::resource_exhausted,
                     .message = fmt::format("{} effects wait to be performed, and no more are kept in memory; keep the "
                                            "projection in a file, or perform them quicker",
                                            waiting)};
    }
    std::uint64_t n = 0;
    for (detail::NewEffect& effect : effects) {
        batch_.push_back({{event, n++}, std::string(effect.type), std::move(effect.data)});
    }
    return {};
}

void MemoryOutbox::commit() {
    if (batch_.empty()) return;
    const std::lock_guard lock(mutex_);
    for (StoredEffect& effect : batch_) effects_.insert_or_assign(effect.place, std::move(effect));
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

Result<bool> MemoryOutbox::retry(const EffectPlace& place) {
    const std::lock_guard lock(mutex_);
    auto effect = aside_.extract(place);
    if (effect.empty()) return false;
    effect.mapped().error.reset();
    effects_.insert(std::move(effect));
    return true;
}

Result<> MemoryOutbox::read(EffectsStatus& into) {
    const std::lock_guard lock(mutex_);
    into.from = from_;
    into.pending += effects_.size();
    into.aside += aside_.size();
    for (const auto& [place, effect] : aside_) {
        if (into.set_aside.size() == asides_listed) break;
        into.set_aside.push_back({effect_id({}, place), effect.type, effect.data, *effect.error});
    }
    return {};
}

Result<> MemoryOutbox::begin_at(Position position) {
    from_ = position;
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

Result<> MemoryOutbox::take_over(Position heard, const std::vector<StoredEffect>& left) {
    const std::lock_guard lock(mutex_);
    std::erase_if(effects_, [&](const auto& each) { return each.first.position < heard; });
    std::erase_if(aside_, [&](const auto& each) { return each.first.position < heard; });
    for (const StoredEffect& effect : left) (effect.error ? aside_ : effects_).insert_or_assign(effect.place, effect);
    return {};
}

std::string effect_id(std::string_view of, const EffectPlace& place) {
    return fmt::format("{}/{}/{}", of, place.position.value, place.n);
}

}  // namespace varve
