/// The bytes of a file in memory: they may grow, and never move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <atomic>

namespace varve::io {

/// Reserves address space once and lets the operating system fill in pages as they are touched, so that a view
/// stays valid while the file grows. Reads and writes of different bytes may run at the same time.
class MemoryBuffer {
public:
    /// A file in memory cannot grow beyond this.
    static constexpr std::uint64_t capacity = std::uint64_t{2} << 30;

    MemoryBuffer();
    ~MemoryBuffer();
    MemoryBuffer(const MemoryBuffer&) = delete;
    MemoryBuffer& operator=(const MemoryBuffer&) = delete;

    [[nodiscard]] const char* data() const { return data_; }
    [[nodiscard]] std::uint64_t size() const { return size_.load(std::memory_order_acquire); }

    /// False when it would not fit; nothing is written then.
    [[nodiscard]] bool write(std::uint64_t offset, std::string_view bytes);
    std::size_t read(std::uint64_t offset, std::span<char> into) const;
    /// Cuts, or adds zeros. False when it would not fit.
    [[nodiscard]] bool resize(std::uint64_t size);

private:
    char* data_;
    std::atomic<std::uint64_t> size_ = 0;
};

}  // namespace varve::io
