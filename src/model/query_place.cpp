#include "model/query_place.hpp"

namespace varve {

QueryPlace::QueryPlace(const detail::ProjectionType& type, std::shared_ptr<Crew> crew)
    : type_(type), crew_(std::move(crew)) {
    listen_to(*crew_);
}

QueryPlace::~QueryPlace() {
    if (crew_) crew_->unlisten(listening_);
}

void QueryPlace::listen_to(const Crew& crew) {
    listening_ = crew.listen([this] { moves_.tell(); });
}

std::shared_ptr<Crew> QueryPlace::crew() const {
    const std::lock_guard lock(mutex_);
    return crew_;
}

ProjectionStatus QueryPlace::status() const {
    const auto now = crew();
    return now ? now->status() : failed();
}

void QueryPlace::follow() {
    const std::lock_guard lock(following_);
    ++followers_;
    crew()->follow();
}

void QueryPlace::unfollow() {
    const std::lock_guard lock(following_);
    --followers_;
    crew()->unfollow();
}

void QueryPlace::replace(const std::shared_ptr<Crew>& next) {
    crew()->unlisten(listening_);
    listen_to(*next);
    const auto before = [&] {
        const std::lock_guard following(following_);
        const std::lock_guard lock(mutex_);
        for (unsigned i = 0; i < followers_; ++i) {
            next->follow();
            crew_->unfollow();
        }
        return std::exchange(crew_, next);
    }();
    replacements_.tell();
    before->wake();
    moves_.tell();
}

}  // namespace varve
