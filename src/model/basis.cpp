#include "model/basis.hpp"

namespace varve {

namespace {

std::uint64_t forgets_of(const KeyStore* keys) {
    return keys != nullptr ? keys->forgets() : 0;
}

}  // namespace

Basis::Basis(const Store& store, const KeyStore* keys, const std::string* stream)
    : removals_(store.removals()), forgets_(forgets_of(keys)) {
    if (stream == nullptr) {
        lasts_ = removals_.has_value();
        return;
    }
    lasts_ = true;
    if (removals_ && removals_->settings == 0) return;
    const auto standing = store.retention(*stream);
    lasts_ = standing.ok() && standing->state != StreamState::tombstoned && !standing->keeps.max_count &&
             !standing->keeps.max_age;
    if (standing.ok()) settings_ = standing->settings_revision;
}

bool Basis::stands(const Store& store, const KeyStore* keys, const std::string* stream) {
    if (!lasts_ || forgets_ != forgets_of(keys)) return false;
    const auto now = store.removals();
    // Reads by a query lose what is removed when a compaction takes it, and not before.
    if (stream == nullptr) return now && now->compactions == removals_->compactions;
    if (now && removals_ && now->settings == removals_->settings) return true;
    const auto standing = store.retention(*stream);
    if (!standing.ok() || standing->settings_revision != settings_) return false;
    removals_ = now;
    return true;
}

}  // namespace varve
