/// A read model in memory: one projection, shared by its worker and its queries under one lock.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "model/at_work.hpp"
#include "model/fair_mutex.hpp"
#include "model/read_model.hpp"
#include "varve/detail/projection_type.hpp"

namespace varve {

class MemoryModel final : public ReadModel {
public:
    /// `head` is the store's end: events from it on have effects.
    explicit MemoryModel(const detail::ProjectionType& type, Position head = {})
        : type_(type), projection_(type.make()) {
        if (type.take_effects != nullptr) outbox_.emplace(head);
    }

    [[nodiscard]] Position checkpoint() const override { return {}; }
    [[nodiscard]] std::string place() const override { return "memory"; }
    /// Queries wait meanwhile.
    [[nodiscard]] std::chrono::milliseconds batch_time() const override { return std::chrono::milliseconds(5); }
    Result<> begin() override;
    [[nodiscard]] void* target() override { return projection_.get(); }
    Result<> commit(Position checkpoint) override;
    void abandon() override;
    void mark() override { type_.mark(projection_.get(), plain_); }
    [[nodiscard]] bool undo() override { return type_.undo(projection_.get(), plain_); }
    [[nodiscard]] bool repeats() const override { return false; }
    [[nodiscard]] bool checkpoint_is_behind(Position) const override { return false; }
    [[nodiscard]] bool busy_here() const override { return AtWork::here(this); }
    Result<Position> read(Position seen, const Reader& reader) override;
    [[nodiscard]] Outbox* outbox() override { return outbox_ ? &*outbox_ : nullptr; }

private:
    const detail::ProjectionType& type_;
    std::vector<std::byte> plain_;  ///< fields that are no Table, at the mark
    FairMutex mutex_;
    std::optional<AtWork> writing_;  ///< of the thread that has begun a batch
    Position position_;
    bool half_ = false;  ///< a batch was abandoned in the middle: the rows are of no position
    std::shared_ptr<void> projection_;
    std::optional<MemoryOutbox> outbox_;
};

}  // namespace varve
