#include "engine/sources.hpp"

#include "engine/postings.hpp"
#include "engine/retention.hpp"
#include "store/matching.hpp"
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
    [[nodiscard]] bool take() {
        if (left_ == 0) return false;
        --left_;
        return true;
    }
    [[nodiscard]] std::uint64_t left() const { return left_; }
    [[nodiscard]] Result<const Event*> at(Position position) { return reader_.at(position); }
    std::size_t expect(std::span<const Position> positions) { return reader_.expect(positions); }
    [[nodiscard]] std::uint64_t removed_run(Position position, Direction direction) const {
        return reader_.removed_run(position, direction);
    }

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
        while (!rest_.empty() && left() > 0) {
            const Position position{forward_ ? rest_.begin : rest_.end - 1};
            auto event = at(position);
            const bool removed = event && *event == nullptr;
            pass(removed ? removed_run(position, forward_ ? Direction::forward : Direction::backward) : 1);
            if (removed) continue;
            static_cast<void>(take());
            return event;
        }
        return nullptr;
    }

private:
    void pass(std::uint64_t count) {
        count = std::min(count, rest_.end - rest_.begin);
        (forward_ ? rest_.begin += count : rest_.end -= count);
    }

    const bool forward_;
    store::Range rest_;
};

/// Walks a list of positions that is filled page by page.
class PagedSource : public LogSource {
public:
    using LogSource::LogSource;

    Result<const Event*> next() final {
        while (left() > 0) {
            if (used_ == page_.size()) {
                auto filled = fill(std::min(std::exchange(page_size_, later_page), left()));
                if (!filled) return std::move(filled).error();
                page_ = *std::move(filled);
                used_ = expected_ = 0;
                if (page_.empty()) return nullptr;
            }
            if (used_ == expected_) expected_ += expect(std::span(page_).subspan(used_));
            const std::size_t place = used_++;
            auto event = at(page_[place]);
            if (event) {
                if (*event == nullptr) continue;  // removed by a compaction; the index still knows it
                const auto is_wanted = wanted(**event, place);
                if (!is_wanted) return is_wanted.error();
                if (!*is_wanted) continue;
            }
            static_cast<void>(take());
            return event;
        }
        return nullptr;
    }

protected:
    /// The next positions, about `count` of them, in the walk's order; none at the end.
    virtual Result<std::vector<Position>> fill(std::uint64_t count) = 0;
    /// Whether an event that fill() gave at that place of the page is one of the walk's.
    [[nodiscard]] virtual Result<bool> wanted(const Event& event, std::size_t place) const = 0;

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
            page_first_ = Revision{--rest_.end};
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
        const std::size_t found = positions->size();
        if (found != count && !walk_->may_miss()) return index_misses(stream_, from + found);
        page_first_ = from;
        if (!forward_) {
            std::ranges::reverse(*positions);
            if (found > 0) page_first_ = from + (found - 1);
        }
        return positions;
    }

    /// In the place of an event that was removed before it was indexed stands the one after it.
    Result<bool> wanted(const Event& event, std::size_t place) const override {
        const Revision expected = forward_ ? page_first_ + place : page_first_ - place;
        if (event.revision == expected) return true;
        if (walk_->may_miss()) return false;
        return index_misses(stream_, expected);
    }

private:
    const Catalog::Walk walk_;
    const std::string stream_;
    const bool forward_;
    const StreamHead head_;
    store::Range rest_;
    Revision page_first_;  ///< of the first place of the page
};

/// Walks the positions of terms, and looks at every event: what the index says may be a little too much.
class TermSource final : public PagedSource {
public:
    TermSource(std::shared_ptr<log::SegmentLog> log, std::shared_ptr<Catalog> catalog, const Selection& selection,
               store::Range positions)
        : PagedSource(std::move(log), selection.limit),
          walk_(std::move(catalog)),
          source_(selection.source),
          forward_(selection.direction == Direction::forward),
          rest_(positions) {
        const PostingsBounds bounds{.range = positions, .direction = selection.direction, .exact = false};
        const auto* category = std::get_if<Category>(&source_);
        postings_ = category != nullptr ? postings_of(*walk_, *category, bounds)
                                        : postings_of(*walk_, std::get<Query>(source_), bounds);
    }

protected:
    Result<std::vector<Position>> fill(std::uint64_t count) override {
        std::vector<Position> positions;
        while (!rest_.empty() && positions.size() < count) {
            const auto found = postings_->seek(Position{forward_ ? rest_.begin : rest_.end - 1});
            if (!found) return found.error();
            if (!*found) {
                rest_ = {};
                break;
            }
            positions.push_back(**found);
            if (forward_) {
                rest_.begin = (*found)->value + 1;
            } else {
                rest_.end = (*found)->value;
            }
        }
        return positions;
    }

    Result<bool> wanted(const Event& event, std::size_t) const override { return store::matches(source_, event); }

private:
    const Catalog::Walk walk_;
    const Source source_;
    const bool forward_;
    store::Range rest_;
    std::unique_ptr<Postings> postings_;
};

Result<std::unique_ptr<EventSource>> make_stream_source(std::shared_ptr<log::SegmentLog> log,
                                                        std::shared_ptr<Catalog> catalog, const Selection& selection,
                                                        store::Range positions, Position committed, io::Clock& clock) {
    const std::string& name = std::get<Stream>(selection.source).name;
    const auto head = catalog->head(name);
    if (!head) return head.error();
    const auto begin = catalog->revision_at_or_after(name, *head, Position{positions.begin});
    if (!begin) return begin.error();
    const auto end = catalog->revision_at_or_after(name, *head, Position{positions.end});
    if (!end) return end.error();
    store::Range revisions = store::revision_range(selection, *end);
    revisions.begin = std::max(revisions.begin, begin->value);
    const auto shown = first_shown(*log, *catalog, name, *head, committed, clock);
    if (!shown) return shown.error();
    revisions.begin = std::max(revisions.begin, shown->value);
    return std::make_unique<StreamSource>(std::move(log), std::move(catalog), selection, *head, revisions);
}

}  // namespace

Result<std::unique_ptr<EventSource>> make_source(std::shared_ptr<log::SegmentLog> log, std::shared_ptr<Catalog> catalog,
                                                 const Selection& selection, Position head, io::Clock& clock) {
    const auto positions = positions_of(selection, *log, head);
    if (!positions) return positions.error();
    if (std::holds_alternative<Stream>(selection.source)) {
        return make_stream_source(std::move(log), std::move(catalog), selection, *positions, head, clock);
    }
    if (!std::holds_alternative<All>(selection.source)) {
        return std::make_unique<TermSource>(std::move(log), std::move(catalog), selection, *positions);
    }
    return std::make_unique<AllSource>(std::move(log), selection, *positions);
}

}  // namespace varve::engine
