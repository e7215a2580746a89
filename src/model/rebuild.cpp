#include "varve/rebuild.hpp"

#include "model/rebuilding.hpp"

namespace varve {

RebuildProgress Rebuild::progress() const {
    return inside_->progress();
}
Result<> Rebuild::wait(std::chrono::milliseconds limit) const {
    return inside_->wait(limit);
}
Result<RowDiff> Rebuild::diff(const RebuildDiffOptions& options) const {
    return inside_->diff(options);
}
Result<> Rebuild::cut_over(const CutOverOptions& options) {
    return inside_->cut_over(options);
}
Result<> Rebuild::roll_back(const CutOverOptions& options) {
    return inside_->roll_back(options);
}
Result<> Rebuild::finish() {
    return inside_->finish();
}
Result<> Rebuild::cancel() {
    return inside_->cancel();
}

std::string_view to_string(RebuildProgress::State state) {
    switch (state) {
        case RebuildProgress::State::building: return "building";
        case RebuildProgress::State::ready: return "ready";
        case RebuildProgress::State::in_charge: return "in charge";
        case RebuildProgress::State::finished: return "finished";
        case RebuildProgress::State::cancelled: return "cancelled";
        case RebuildProgress::State::stopped: return "stopped";
        case RebuildProgress::State::failed: return "failed";
    }
    return "unknown";
}

}  // namespace varve
