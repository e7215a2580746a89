#include "varve/detail/step.hpp"

#include "varve/detail/projection_type.hpp"

namespace varve::detail {

namespace {

template <class S>
const S* find_in(std::span<const S> steps, std::string_view type) {
    for (const S& step : steps) {
        if (step.type == type) return &step;
    }
    return nullptr;
}

}  // namespace

const Step* find_step(std::span<const Step> steps, std::string_view type) {
    return find_in(steps, type);
}

const OnStep* find_step(std::span<const OnStep> steps, std::string_view type) {
    return find_in(steps, type);
}

}  // namespace varve::detail
