#include "model/at_work.hpp"

#include <fmt/format.h>

namespace varve {

namespace {

thread_local const AtWork* innermost = nullptr;

}  // namespace

AtWork::AtWork(const void* whom) : whom_(whom), outer_(innermost) {
    innermost = this;
}

AtWork::~AtWork() {
    innermost = outer_;
}

bool AtWork::here(const void* whom) {
    for (const AtWork* each = innermost; each != nullptr; each = each->outer_) {
        if (each->whom_ == whom) return true;
    }
    return false;
}

Error from_within(std::string_view what, std::string_view projection) {
    return {.code = Code::failed_precondition,
            .message = fmt::format("{}: this is called from within a handler, an effect or an answer of projection {}, "
                                   "for whose end it would wait; call it elsewhere",
                                   what, projection)};
}

Error closed_from_within() {
    return {
        .code = Code::failed_precondition,
        .message = "an App cannot be closed by a completion, a handler or an answer of its own; close it elsewhere"};
}

}  // namespace varve
