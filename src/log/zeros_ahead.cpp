#include "log/zeros_ahead.hpp"

#include <algorithm>
#include <array>

namespace varve::log {
namespace {

constexpr std::uint64_t ahead_bytes_max = 8 << 20;
constexpr std::array<char, zero_piece_bytes> zeros{};

}  // namespace

std::string_view zero_piece(std::uint64_t bytes) {
    return {zeros.data(), std::min<std::uint64_t>(bytes, zeros.size())};
}

void ZerosAhead::claim(std::uint64_t end) {
    const std::lock_guard lock(mutex_);
    prepared_.store(std::max(prepared_.load(std::memory_order_relaxed), end), std::memory_order_release);
}

bool ZerosAhead::low(std::uint64_t tail) const {
    const std::uint64_t prepared = prepared_.load(std::memory_order_acquire);
    return prepared < limit_ && prepared < tail + ahead_.load(std::memory_order_relaxed) / 2;
}

Result<bool> ZerosAhead::extend(std::uint64_t tail) {
    std::uint64_t from = 0;
    std::uint64_t goal = 0;
    {
        const std::lock_guard lock(mutex_);
        from = prepared_.load(std::memory_order_relaxed);
        goal = std::min(limit_, tail + ahead_.load(std::memory_order_relaxed));
        if (from >= goal) return false;
        const std::string_view piece = zero_piece(goal - from);
        if (auto written = file_->write(from, piece); !written) return written.error();
        from += piece.size();
        prepared_.store(from, std::memory_order_release);
    }
    if (durability_ == Durability::durable) {
        if (auto synced = file_->sync_all(); !synced) return synced.error();
    }
    if (from < goal) return true;
    ahead_.store(std::min(ahead_bytes_max, 2 * ahead_.load(std::memory_order_relaxed)), std::memory_order_relaxed);
    return false;
}

}  // namespace varve::log
