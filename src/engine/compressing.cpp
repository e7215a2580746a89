#include "engine/compressing.hpp"

#include <algorithm>
#include <chrono>

namespace varve::engine {
namespace {

constexpr std::chrono::seconds period{1};

}  // namespace

Compressing::Compressing(std::shared_ptr<log::SegmentLog> log, io::Executor& executor) : log_(std::move(log)) {
    task_ = executor.start("varve-compress", period, [this] { run(); });
    task_->wake();
}

Compressing::~Compressing() {
    stopped_ = true;
    task_.reset();
}

void Compressing::run() {
    const auto segments = log_->segments();
    const auto sealed = static_cast<std::size_t>(std::ranges::count_if(segments, &log::SegmentInfo::sealed));
    if (sealed == sealed_) return;
    sealed_ = sealed;
    // What fails (a full disk, a damaged segment) stays as it was, and is tried again with the next segment: nobody has
    // lost anything by it, and who asks for a compaction is told.
    static_cast<void>(log_->compact(
        {.end = log_->head().next,
         .judge = {},
         .options = {.compression = Compression::zstd, .watch = {.stop = [this] { return stopped_.load(); }}},
         .seal_tail = false}));
}

}  // namespace varve::engine
