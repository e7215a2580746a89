#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "model/at_work.hpp"
#include "model/query_bus.hpp"

namespace varve {

Result<Rebuild> QueryBus::rebuild(const detail::ComparedType& old_type, const detail::ComparedType& new_type,
                                  const RebuildOptions& options) {
    const std::lock_guard one_at_a_time(rebuilding_);
    const auto place = [&] {
        const std::shared_lock lock(mutex_);
        return place_to_rebuild(*old_type.type, *new_type.type);
    }();
    if (!place.ok()) return place.error();
    if ((*place)->crew()->busy_here()) return from_within("rebuild", old_type.type->name);
    // Questions are answered while its file is opened.
    auto begun = Rebuilding::begin(*place, old_type, new_type, options, store_, performers_);
    if (!begun.ok()) return std::move(begun).error();
    const std::unique_lock lock(mutex_);
    std::erase_if(rebuilds_, [](const auto& each) { return each->over(); });
    rebuilds_.push_back(*begun);
    add_routes(*place, *new_type.type);
    return Rebuild(std::move(*begun));
}

Result<std::shared_ptr<QueryPlace>> QueryBus::place_to_rebuild(const detail::ProjectionType& old_type,
                                                               const detail::ProjectionType& new_type) const {
    const auto found = std::ranges::find_if(places_, [&](const auto& each) {
        const auto crew = each->crew();
        return crew ? &crew->type() == &old_type : &each->type() == &old_type;
    });
    if (found == places_.end()) {
        return Error{.code = Code::not_found,
                     .message = fmt::format("projection {} is not there; call project for it first", old_type.name)};
    }
    if (!(*found)->crew()) return *(*found)->failed().error;
    for (const auto& each : rebuilds_) {
        if (each->place() != *found || each->over()) continue;
        return Error{
            .code = Code::already_exists,
            .message = fmt::format("projection {} is being rebuilt; finish that, or cancel it, first", old_type.name)};
    }
    if (Result<> free = check_queries(new_type, found->get()); !free.ok()) return std::move(free).error();
    return *found;
}

}  // namespace varve
