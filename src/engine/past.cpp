#include "engine/past.hpp"

#include <utility>

namespace varve::engine {
namespace {

class LogPast final : public Past {
public:
    explicit LogPast(std::shared_ptr<log::SegmentLog> log) : log_(std::move(log)) {}

    Position end() const override { return log_->head().next; }

    Result<std::unique_ptr<log::BlockReader>> blocks(Position position) override {
        const log::Head head = log_->head();
        if (position >= head.next) return log_->read(head.sequence);
        const auto sequence = log_->sequence_of(position);
        if (!sequence) return sequence.error();
        return log_->read(*sequence);
    }

    Result<> events(std::span<const Position> positions, const std::function<void(const Event&)>& f) override {
        log::EventReader reader(*log_);
        for (const Position position : positions) {
            if (position >= end()) continue;
            const auto event = reader.at(position);
            if (!event) return event.error();
            if (*event != nullptr) f(**event);
        }
        return {};
    }

    void drop_removed(std::vector<Position>& positions) override {
        log::EventReader reader(*log_);
        std::erase_if(positions, [&](Position position) { return reader.is_removed(position); });
    }

private:
    const std::shared_ptr<log::SegmentLog> log_;
};

}  // namespace

std::unique_ptr<Past> past_of(std::shared_ptr<log::SegmentLog> log) {
    return std::make_unique<LogPast>(std::move(log));
}

}  // namespace varve::engine
