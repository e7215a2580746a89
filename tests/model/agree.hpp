/// What the model tests share: running a property on random histories.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>
#include <string>

namespace varve::proof {

/// Does `property` hold for so many random histories? When one that should does not, the smallest history that shows it
/// and the seed are told as a failure of the test. `planted`: it has a mistake and should not hold.
template <class Property>
bool agree(bool planted, int histories, const Property& property) {
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.maxSuccess = histories;
    params.disableShrinking = planted;
    rc::detail::TestMetadata metadata;
    metadata.id = metadata.description = planted ? "a mistake in the model is noticed" : "store and model agree";
    const auto result = rc::detail::checkTestable(property, metadata, params);
    if (result.template is<rc::detail::SuccessResult>()) return true;
    if (!planted) {
        std::ostringstream text;
        rc::detail::printResultMessage(result, text);
        ADD_FAILURE() << text.str() << "\nseed=" << params.seed;
    }
    return false;
}

}  // namespace varve::proof
