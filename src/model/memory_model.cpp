#include "model/memory_model.hpp"

#include <algorithm>
#include <shared_mutex>

namespace varve {

Result<> MemoryModel::begin() {
    mutex_.lock();
    writing_.emplace(this);
    return {};
}

Result<> MemoryModel::commit(Position checkpoint) {
    position_ = checkpoint;
    writing_.reset();
    mutex_.unlock();
    if (outbox_) outbox_->commit();
    return {};
}

void MemoryModel::abandon() {
    half_ = true;
    writing_.reset();
    mutex_.unlock();
    if (outbox_) outbox_->abandon();
}

Result<Position> MemoryModel::read(Position seen, const Reader& reader) {
    if (busy_here()) {
        return Error{.code = Code::failed_precondition,
                     .message =
                         "a read model in memory cannot be asked from within a handler or an answer of its own, which "
                         "it would wait for; use its tables there"};
    }
    const std::shared_lock lock(mutex_);
    const AtWork reading(this);
    if (half_) {
        return Error{.code = Code::failed_precondition,
                     .message =
                         "an event has failed, and what its handler had done could not be undone, so there are no "
                         "rows of one position; App::projections tells why"};
    }
    reader(projection_.get());
    return std::max(seen, position_);
}

}  // namespace varve
