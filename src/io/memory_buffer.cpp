#include "io/memory_buffer.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace varve::io {

MemoryBuffer::MemoryBuffer() {
    void* space = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<char*>(space);
}

MemoryBuffer::~MemoryBuffer() {
    ::munmap(data_, capacity);
}

bool MemoryBuffer::write(std::uint64_t offset, std::string_view bytes) {
    if (offset > capacity || bytes.size() > capacity - offset) return false;
    if (bytes.empty()) return true;
    std::memcpy(data_ + offset, bytes.data(), bytes.size());
    std::uint64_t size = size_.load(std::memory_order_relaxed);
    while (size < offset + bytes.size() &&
           !size_.compare_exchange_weak(size, offset + bytes.size(), std::memory_order_release)) {
    }
    return true;
}

std::size_t MemoryBuffer::read(std::uint64_t offset, std::span<char> into) const {
    const std::uint64_t end = size();
    if (offset >= end || into.empty()) return 0;
    const std::size_t bytes = std::min<std::uint64_t>(into.size(), end - offset);
    std::memcpy(into.data(), data_ + offset, bytes);
    return bytes;
}

bool MemoryBuffer::resize(std::uint64_t size) {
    if (size > capacity) return false;
    const std::uint64_t before = size_.exchange(size, std::memory_order_acq_rel);
    if (size < before) std::memset(data_ + size, 0, before - size);
    return true;
}

}  // namespace varve::io
