/// The reference probe R: 4 KiB written and synced (fdatasync) into a zero-written file, one at a time. Durable
/// figures are told as multiples of the R of their own round, because disks differ and drift.
#pragma once

#include <chrono>
#include <memory>

#include "disk/recycled_file.hpp"

namespace varve::bench {

class Probe {
public:
    [[nodiscard]] static Result<Probe> open(const Path& scratch);
    /// Writes and syncs for so long; answers writes per second.
    Result<double> measure(std::chrono::duration<double> time);

private:
    explicit Probe(std::unique_ptr<RecycledFile> file) : file_(std::move(file)) {}

    std::unique_ptr<RecycledFile> file_;
    std::uint64_t offset_ = 0;
};

}  // namespace varve::bench
