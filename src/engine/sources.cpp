#include "engine/sources.hpp"

#include "store/range.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace varve::engine {
namespace {

/// Positions asked of the index at once: the first page is small, so that short reads stay short.
constexpr std::uint64_t first_page = 32;
constexpr std::uint64_t later_page = 1024;

/// The positions below `head` that the selection may touch.
Result<store::Range> positions_of(const Selection& selection, const log::SegmentLog& log, Position head) {
    if (selection.as_of) {
        auto end = log.position_at(*selection.as_of);
        if (!end) return std::move(end).error();
        head = std::min(head, *end);
    }
    return store::position_range(selection, head);
}

/// What all walks share: the log and how many events may still come.
class LogSource : public EventSource {
public:
    LogSource(std::shared_ptr<log::SegmentLog> log, std::uint64_t limit)
        : log_(std::move(log)), reader_(*log_), left_(limit) {}

protected:
    [[nodiscard]] bool take() { return left_ > 0 && left_-- > 0; }
    [[nodiscard]] std::uint64_t left() const { return left_; }
    [[nodiscard]] Result<const Event*> at(Position position) { return reader_.at(position); }
    std::size_t expect(std::span<const Position> positions) { return reader_.expect(positions); }

private:
    const std::shared_ptr<log::SegmentLog> log_;
    log::EventReader reader_;
    std::uint64_t left_;
};

class AllSource final : public LogSource {
public:
    AllSource(std::shared_ptr<log::SegmentLog> log, const Selection& selection, store::Range positions)
        : LogSource(std::move(log), selection.limit),
          forward_(selection.direction == Direction::forward),
          rest_(positions) {}

    Result<const Event*> next() override {
        if (rest_.empty() || !take()) return nullptr;
        return at(Position{forward_ ? rest_.begin++ : --rest_.end});
    }

private:
    const bool forward_;
    store::Range rest_;
};

/// Walks a list of positions that is filled page by page.
class PagedSource : public LogSource {
public:
    using LogSource::LogSource;

    Result<const Event*> next() final {
        if (used_ == page_.size()) {
            if (left() == 0) return nullptr;
            auto filled = fill(std::min(std::exchange(page_size_, later_page), left()));
            if (!filled) return std::move(filled).error();
            page_ = *std::move(filled);
            used_ = expected_ = 0;
            if (page_.empty()) return nullptr;
        }
        if (!take()) return nullptr;
        if (used_ == expected_) expected_ += expect(std::span(page_).subspan(used_));
        return at(page_[used_++]);
    }

protected:
    /// The next positions, about `count` of them, in the walk's order; none at the end.
    virtual Result<std::vector<Position>> fill(std::uint64_t count) = 0;

private:
    std::vector<Position> page_;
    std::size_t used_ = 0;
    std::size_t expected_ = 0;  ///< of the page, on their way into the cache
    std::uint64_t page_size_ = first_page;
};

class StreamSource final : public PagedSource {
public:
    StreamSource(std::shared_ptr<log::SegmentLog> log, std::shared_ptr<Catalog> catalog, const Selection& selection,
                 const StreamHead& head, store::Range revisions)
        : PagedSource(std::move(log), selection.limit),
          walk_(std::move(catalog)),
          stream_(std::get<Stream>(selection.source).name),
          forward_(selection.direction == Direction::forward),
          head_(head),
          rest_(revisions) {}

protected:
    Result<std::vector<Position>> fill(std::uint64_t count) override {
        if (rest_.empty()) return std::vector<Position>{};
        // The place of the last event is known already: asking for it alone, the commonest walk back, is free.
        if (!forward_ && head_.last == Revision{rest_.end - 1}) {
            --rest_.end;
            return std::vector{head_.last_position};
        }
        count = std::min(count, rest_.end - rest_.begin);
        const Revision from{forward_ ? rest_.begin : rest_.end - count};
        if (forward_) {
            rest_.begin += count;
        } else {
            rest_.end -= count;
        }
        auto positions = walk_->stream_positions(stream_, from, count);
        if (!positions) return positions;
        if (positions->size() != count) return index_misses(stream_, from + positions->size());
        if (!forward_) std::ranges::reverse(*positions);
        return positions;
    }

private:
    const Catalog::Walk walk_;
    const std::string stream_;
    const bool forward_;
    const StreamHead head_;
    store::Range rest_;
};

/// Asks the index below its watermark and looks at each event above it, where the index does not reach yet.
class CategorySource final : public PagedSource {
public:
    CategorySource(std::shared_ptr<log::SegmentLog> log, std::shared_ptr<Catalog> catalog, const Selection& selection,
                   store::Range positions)
        : PagedSource(log, selection.limit),
          tail_(*log),
          walk_(std::move(catalog)),
          category_(std::get<Category>(selection.source).name),
          forward_(selection.direction == Direction::forward),
          rest_(positions) {}

protected:
    Result<std::vector<Position>> fill(std::uint64_t count) override {
        return forward_ ? ascend(count) : descend(count);
    }

private:
    Result<std::vector<Position>> ascend(std::uint64_t count) {
        while (!rest_.empty()) {
            const std::uint64_t indexed = std::min(walk_->watermark().value, rest_.end);
            if (rest_.begin >= indexed) return scan_up(count);
            auto found = walk_->category_positions_from(category_, Position{rest_.begin}, count);
            if (!found) return found;
            rest_.begin = found->size() < count ? indexed : found->back().value + 1;
            // The watermark may have moved since: a position beyond the one we know is found again by the next page.
            std::erase_if(*found,
                          [this](Position position) { return position.value >= std::min(rest_.begin, rest_.end); });
            if (!found->empty()) return found;
        }
        return std::vector<Position>{};
    }

    Result<std::vector<Position>> descend(std::uint64_t count) {
        const std::uint64_t indexed = walk_->watermark().value;
        if (rest_.end > indexed) {
            auto found = scan_down(count, std::max(indexed, rest_.begin));
            if (!found || !found->empty()) return found;
        }
        if (rest_.empty()) return std::vector<Position>{};
        auto found = walk_->category_positions_until(category_, Position{rest_.end - 1}, count);
        if (!found) return found;
        rest_.end = found->size() < count ? rest_.begin : found->back().value;
        std::erase_if(*found, [this](Position position) { return position.value < rest_.begin; });
        return found;
    }

    Result<std::vector<Position>> scan_up(std::uint64_t count) {
        std::vector<Position> found;
        for (; !rest_.empty() && found.size() < count; ++rest_.begin) {
            if (auto added = add_if_ours(Position{rest_.begin}, found); !added) return std::move(added).error();
        }
        return found;
    }

    Result<std::vector<Position>> scan_down(std::uint64_t count, std::uint64_t low) {
        std::vector<Position> found;
        while (rest_.end > low && found.size() < count) {
            if (auto added = add_if_ours(Position{--rest_.end}, found); !added) return std::move(added).error();
        }
        return found;
    }

    Result<> add_if_ours(Position position, std::vector<Position>& found) {
        auto event = tail_.at(position);
        if (!event) return std::move(event).error();
        if (category_of((*event)->stream) == category_) found.push_back(position);
        return {};
    }

    log::EventReader tail_;
    const Catalog::Walk walk_;
    const std::string category_;
    const bool forward_;
    store::Range rest_;
};

Result<std::unique_ptr<EventSource>> make_stream_source(std::shared_ptr<log::SegmentLog> log,
                                                        std::shared_ptr<Catalog> catalog, const Selection& selection,
                                                        store::Range positions) {
    const std::string& name = std::get<Stream>(selection.source).name;
    const auto head = catalog->head(name);
    if (!head) return head.error();
    const auto begin = catalog->revision_at_or_after(name, *head, Position{positions.begin});
    if (!begin) return begin.error();
    const auto end = catalog->revision_at_or_after(name, *head, Position{positions.end});
    if (!end) return end.error();
    store::Range revisions = store::revision_range(selection, *end);
    revisions.begin = std::max(revisions.begin, begin->value);
    return std::make_unique<StreamSource>(std::move(log), std::move(catalog), selection, *head, revisions);
}

}  // namespace

Result<std::unique_ptr<EventSource>> make_source(std::shared_ptr<log::SegmentLog> log, std::shared_ptr<Catalog> catalog,
                                                 const Selection& selection, Position head) {
    const auto positions = positions_of(selection, *log, head);
    if (!positions) return positions.error();
    if (std::holds_alternative<Stream>(selection.source)) {
        return make_stream_source(std::move(log), std::move(catalog), selection, *positions);
    }
    if (std::holds_alternative<Category>(selection.source)) {
        return std::make_unique<CategorySource>(std::move(log), std::move(catalog), selection, *positions);
    }
    return std::make_unique<AllSource>(std::move(log), selection, *positions);
}

}  // namespace varve::engine
