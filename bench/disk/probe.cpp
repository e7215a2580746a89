#include "disk/probe.hpp"

#include <string>

namespace varve::bench {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::uint64_t file_bytes = 64 << 20;

}  // namespace

Result<Probe> Probe::open(const Path& scratch) {
    auto file = RecycledFile::open(scratch / "probe", file_bytes);
    if (!file) return std::move(file).error();
    return Probe(std::move(*file));
}

Result<double> Probe::measure(std::chrono::duration<double> time) {
    const std::string page(page_bytes, 'x');
    const auto start = std::chrono::steady_clock::now();
    std::chrono::duration<double> elapsed{};
    std::uint64_t writes = 0;
    while (elapsed < time) {
        auto worked = file_->write(offset_, page);
        if (worked) worked = file_->sync();
        if (!worked) return std::move(worked).error();
        offset_ = (offset_ + page_bytes) % file_bytes;
        ++writes;
        elapsed = std::chrono::steady_clock::now() - start;
    }
    return static_cast<double>(writes) / elapsed.count();
}

}  // namespace varve::bench
