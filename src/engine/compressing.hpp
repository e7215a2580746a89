/// Compresses segments in the background as they are sealed (OpenOptions::compress).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "io/environment.hpp"
#include "log/segment_log.hpp"

namespace varve::engine {

class Compressing {
public:
    Compressing(std::shared_ptr<log::SegmentLog> log, io::Executor& executor);
    Compressing(const Compressing&) = delete;
    Compressing& operator=(const Compressing&) = delete;
    /// Leaves at once what it is at; the next opening begins with it again.
    ~Compressing();

private:
    void run();

    const std::shared_ptr<log::SegmentLog> log_;
    std::atomic<bool> stopped_ = false;
    std::size_t sealed_ = 0;  ///< when it ran last
    std::unique_ptr<io::Task> task_;
};

}  // namespace varve::engine
