/// The durable part of the log, as repeats are looked for in it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "log/log.hpp"
#include "log/segment_log.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// Safe from any thread.
class Past {
public:
    Past() = default;
    Past(const Past&) = delete;
    Past& operator=(const Past&) = delete;
    virtual ~Past() = default;

    /// The position behind the last durable event.
    [[nodiscard]] virtual Position end() const = 0;
    /// Blocks from the one on that holds `position`, which may be the end.
    [[nodiscard]] virtual Result<std::unique_ptr<log::BlockReader>> blocks(Position position) = 0;
    /// f(event) for each of the positions that is durable and not removed, in their order; the others are passed over.
    virtual Result<> events(std::span<const Position> positions, const std::function<void(const Event&)>& f) = 0;
    /// Takes those positions out of which a compaction has removed the events.
    virtual void drop_removed(std::vector<Position>&) {}
};

[[nodiscard]] std::unique_ptr<Past> past_of(std::shared_ptr<log::SegmentLog> log);

}  // namespace varve::engine
