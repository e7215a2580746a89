/// The way in: uploads of many views each, appended one behind the other without waiting for the one before.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "streaming/views.hpp"

namespace streaming {

struct Tally {
    std::uint64_t views = 0, uploads = 0;  ///< durable
    std::uint64_t repeated = 0;            ///< uploads that came again, and changed nothing
};

/// No decision is made about a view, so no command is sent: events go straight to the store. Any thread.
class Intake {
public:
    explicit Intake(const varve::Store& store) : store_(store) {}
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;
    /// Waits until every completion has been called.
    ~Intake();

    /// One upload, all of it or nothing. `name` is the uploader's own: under the same one it counts once, so that whoever
    /// is not sure may send it again. Waits only while the store's queue is full. `invalid_argument`: it has something in it
    /// that is no view, and nothing of it is taken.
    varve::Result<> take(const std::string& name, const std::vector<Watched>& views);
    /// Waits until everything taken so far is durable. The first error, if there was one.
    varve::Result<Tally> finish();

private:
    varve::Store store_;
    std::mutex mutex_;  // guards all below
    std::condition_variable done_;
    std::uint64_t under_way_ = 0;
    Tally tally_;
    std::optional<varve::Error> error_;
};

}  // namespace streaming
