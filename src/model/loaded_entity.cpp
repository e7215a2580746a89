#include "model/loaded_entity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "model/fold.hpp"
#include "model/guard.hpp"
#include "store/matching.hpp"

namespace varve {

LoadedEntity::LoadedEntity(const detail::StateType& type, std::string stream, Source facts)
    : type_(&type), stream_(std::move(stream)), facts_(std::move(facts)) {}

Result<> LoadedEntity::begin(const StateSources& sources, EntityCache::Entity* place) {
    place_ = place;
    if (place_ != nullptr) folded_ = place_->recall(*type_);
    if (folded_.state == nullptr || !stands(sources)) return load_cold(sources);
    whole_ = true;
    return folded_.seen <= place_->written ? catch_up(sources) : Result<>();
}

Result<> LoadedEntity::load_cold(const StateSources& sources) {
    whole_ = false;
    folded_ = {.type = type_, .basis = Basis(sources.store, sources.keys, basis_stream())};
    const Result<> made = guarded(
        [&]() -> Result<> {
            folded_.state = type_->make();
            return {};
        },
        [&] { return fmt::format("the constructor of {}", type_->name); });
    return made.ok() ? fold_new(sources) : made;
}

Result<> LoadedEntity::catch_up(const StateSources& sources) {
    return !folded_.basis.lasts() || stands(sources) ? fold_new(sources) : load_cold(sources);
}

bool LoadedEntity::stands(const StateSources& sources) {
    return folded_.basis.stands(sources.store, sources.keys, basis_stream());
}

Result<> LoadedEntity::fold_new(const StateSources& sources) {
    const Position head = sources.store.head();
    whole_ = false;
    Result<> folded = is_stream() ? fold_stream(sources) : fold_query(sources, head);
    folded_.seen = std::max(folded_.seen, head);
    whole_ = folded.ok();
    compared_ = true;
    return folded;
}

Result<> LoadedEntity::fold_stream(const StateSources& sources) {
    const Store& store = sources.store;
    Selection selection{.source = facts_};
    SnapshotKeeper* const snapshots = folded_.reached.revision ? nullptr : sources.snapshots;
    if (folded_.reached.revision) selection.from_revision = *folded_.reached.revision + 1;
    Result<> folded = fold_entity(store, snapshots, *type_, stream_, selection, folded_.state.get(), folded_.reached);
    if (!folded.ok() || folded_.reached.revision) return folded;
    const auto standing = standing_of(store, stream_);
    if (!standing.ok()) return standing.error();
    if (standing->state != StreamState::live) return {};
    // All events of a live stream are too old to be read: it counts as it is, from its last one on.
    folded = fold(store, *type_, selection, folded_.state.get(), folded_.reached);
    if (!folded_.reached.revision) folded_.reached.revision = standing->last;
    return folded;
}

Result<> LoadedEntity::fold_query(const StateSources& sources, Position head) {
    if (head <= folded_.seen) return {};
    const Selection selection{.source = facts_, .from = folded_.seen, .until = head - 1};
    SnapshotKeeper* const snapshots = folded_.seen == Position{0} ? sources.snapshots : nullptr;
    return fold_entity(sources.store, snapshots, *type_, stream_, selection, folded_.state.get(), folded_.reached);
}

Result<bool> LoadedEntity::compare(const StateSources& sources, Position head) {
    if (head <= folded_.seen) {
        compared_ = true;
        return true;
    }
    if (!is_stream()) {
        const auto before = folded_.reached.position;
        const Result<> folded = fold_new(sources);
        if (!folded.ok()) return folded.error();
        return folded_.reached.position == before;
    }
    const auto now = sources.store.stream(stream_);
    if (!now.ok()) return now.error();
    if ((*now ? std::optional((*now)->last) : std::nullopt) != folded_.reached.revision) return false;
    folded_.seen = head;
    compared_ = true;
    return true;
}

Condition LoadedEntity::condition() const {
    if (const auto* query = std::get_if<Query>(&facts_)) {
        const Position seen = folded_.seen;
        return NoEventMatches{*query, seen == Position{0} ? std::nullopt : std::optional(seen - 1)};
    }
    const auto& revision = folded_.reached.revision;
    return StreamIs{stream_, revision ? Expected::exact(*revision) : Expected::none()};
}

void LoadedEntity::follow(std::span<const Event> written) {
    if (place_ == nullptr) return;
    for (const Event& event : written) {
        const bool in_stream = event.stream == stream_;
        if (in_stream) place_->written = event.position;
        if (!may_be_kept() || !(is_stream() ? in_stream : store::matches(facts_, event))) continue;
        whole_ = fold_event(*type_, event, folded_.state.get()).ok();
        folded_.reached = {event.revision, event.position, event.id};
    }
    folded_.seen = written.back().position + 1;
}

void LoadedEntity::keep() {
    if (place_ != nullptr && may_be_kept()) place_->keep(std::move(folded_));
}

}  // namespace varve
