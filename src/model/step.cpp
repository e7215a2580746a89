#include "varve/detail/step.hpp"

namespace varve::detail {

const Step* find_step(std::span<const Step> steps, std::string_view type) {
    for (const Step& step : steps) {
        if (step.type == type) return &step;
    }
    return nullptr;
}

}  // namespace varve::detail
