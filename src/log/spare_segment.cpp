#include "log/spare_segment.hpp"

#include <utility>

#include "log/recovery.hpp"
#include "log/zeros_ahead.hpp"

namespace varve::log {

Result<> SpareSegment::create() {
    // One that was taken and could not be used may be in the way.
    if (auto removed = files_.remove(folder_ / spare_name); !removed && removed.error().code != Code::not_found) {
        return removed;
    }
    auto file = files_.open(folder_ / spare_name, io::OpenMode::create_new);
    if (!file) return file.error();
    file_ = std::move(*file);
    zeros_end_ = 0;
    return {};
}

Result<bool> SpareSegment::prepare(std::uint64_t bytes) {
    if (!file_) {
        if (auto created = create(); !created) return created.error();
    }
    if (zeros_end_ >= bytes) return false;
    const std::string_view piece = zero_piece(bytes - zeros_end_);
    if (auto written = file_->write(zeros_end_, piece); !written) return written.error();
    zeros_end_ += piece.size();
    if (auto synced = file_->sync_all(); !synced) return synced.error();
    return zeros_end_ < bytes;
}

Result<SpareSegment::Prepared> SpareSegment::take() {
    if (!file_) {
        if (auto created = create(); !created) return created.error();
    }
    return Prepared{.file = std::exchange(file_, nullptr), .zeros_end = std::exchange(zeros_end_, 0)};
}

Result<> SpareSegment::discard() {
    if (!file_) return {};
    file_.reset();
    return files_.remove(folder_ / spare_name);
}

}  // namespace varve::log
