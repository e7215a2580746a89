/// Sends the lines of a log to the command bus: one line, one command, one durable commit.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "packages/commands.hpp"
#include "packages/lanes.hpp"
#include "varve/app.hpp"

namespace packages {

struct Line {
    Place place;
    std::string text;
};

/// What became of the lines given to a Recorder.
struct Recorded {
    std::uint64_t lines = 0;    ///< all of these:
    std::uint64_t known = 0;    ///< recorded by an earlier import
    std::uint64_t refused = 0;  ///< kept as LineRefused
    std::uint64_t unknown = 0;  ///< kept as LineUnknown
};

/// Called when the events of a line are durable, from several threads.
using Acknowledged = std::function<void(const Place& place, const varve::Receipt& receipt)>;

class Recorder {
public:
    /// The App must handle the commands (packages/wiring.hpp) and outlive the recorder.
    explicit Recorder(varve::App& app, Acknowledged acknowledged = {});

    /// Takes the next line. Lines of one second wait for each other and are then sent side by side, those of one
    /// package in their order: whatever the log told by one moment stands before all that it told later.
    varve::Result<> add(Line line);
    /// Sends what waits; afterwards every line added is recorded.
    varve::Result<> flush();

    [[nodiscard]] Recorded recorded() const;

private:
    void record(const Line& line, const Command& command);
    void settle(const Line& line, const varve::Result<varve::Receipt>& receipt);

    varve::App& app_;
    Acknowledged acknowledged_;
    std::vector<Line> waiting_;
    std::atomic<std::uint64_t> lines_ = 0, known_ = 0, refused_ = 0, unknown_ = 0;
    std::mutex mutex_;
    std::optional<varve::Error> failed_;  // guarded by mutex_
    Lanes lanes_;
};

}  // namespace packages
