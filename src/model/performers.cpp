#include "model/performers.hpp"

#include <fmt/format.h>

#include <utility>

namespace varve {

Result<> Performers::add(detail::EffectPerformer performer) {
    if (performer.options.attempts < 1) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("effect {} would be tried {} times; at least once", performer.type,
                                            performer.options.attempts)};
    }
    const std::lock_guard lock(mutex_);
    const auto [at, added] = performers_.try_emplace(std::string(performer.type), nullptr);
    if (!added) {
        return Error{.code = Code::already_exists,
                     .message = fmt::format("effect {} is performed already; call perform once for each", at->first)};
    }
    at->second = std::make_shared<const detail::EffectPerformer>(std::move(performer));
    return {};
}

std::shared_ptr<const detail::EffectPerformer> Performers::find(std::string_view type) const {
    const std::lock_guard lock(mutex_);
    const auto found = performers_.find(type);
    return found == performers_.end() ? nullptr : found->second;
}

}  // namespace varve
