#include "model/at_work.hpp"

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

Error closed_from_within() {
    return {.code = Code::failed_precondition,
            .message = "an App cannot be closed by a completion or a handler of its own; close it elsewhere"};
}

}  // namespace varve
