/// Who performs which effects: told to the App once, asked by every runner.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "varve/effects.hpp"

namespace varve {

class Performers {
public:
    /// Errors: `already_exists`, `invalid_argument` (less than one attempt).
    Result<> add(detail::EffectPerformer performer);
    /// nullptr: nobody, so far.
    [[nodiscard]] std::shared_ptr<const detail::EffectPerformer> find(std::string_view type) const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const detail::EffectPerformer>, std::less<>> performers_;
};

}  // namespace varve
