/// The next segment's file, prepared before it is needed: zeros written and synced under a temporary name.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "io/files.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Not synchronised: the log's background mutex guards it.
class SpareSegment {
public:
    SpareSegment(io::Files& files, io::Path folder) : files_(files), folder_(std::move(folder)) {}

    struct Prepared {
        std::shared_ptr<io::File> file;
        std::uint64_t zeros_end = 0;
    };

    /// Writes and syncs one piece; true when there is more to do until `bytes` are there.
    Result<bool> prepare(std::uint64_t bytes);
    /// Hands the file over, made on the spot when nothing was prepared. It keeps its temporary name.
    Result<Prepared> take();
    /// Removes what was prepared.
    Result<> discard();

private:
    Result<> create();

    io::Files& files_;
    const io::Path folder_;
    std::shared_ptr<io::File> file_;
    std::uint64_t zeros_end_ = 0;
};

}  // namespace varve::log
