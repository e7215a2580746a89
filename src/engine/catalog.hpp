/// Where the events of a stream, a category, a type or a tag are: the index, completed by what it does not hold yet.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/past.hpp"
#include "engine/stream_table.hpp"
#include "engine/term_table.hpp"
#include "index/index.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// `data_loss`: the index lacks an event that the log has, which only damage to its files explains.
[[nodiscard]] Error index_misses(std::string_view stream, Revision revision);

/// Safe from any thread. Answers may hold positions that are not committed yet: the caller cuts at its head.
class Catalog {
public:
    /// `past`: the log that settings are read from; null where no stream has any.
    Catalog(std::shared_ptr<index::Index> index, Position watermark, std::size_t table_capacity,
            std::shared_ptr<Past> past = nullptr)
        : past_(std::move(past)),
          table_(table_capacity),
          terms_(table_capacity / 2, watermark),
          index_(std::move(index)),
          watermark_(watermark.value) {}

    [[nodiscard]] StreamTable& table() { return table_; }
    [[nodiscard]] TermTable& terms() { return terms_; }
    /// Both tables forget every event at or after `end`: it was admitted but never written.
    void truncate(Position end);

    /// From now on events may be missing from streams, as a compaction has removed some: places of theirs that the index
    /// cannot tell are no damage.
    void let_miss() { may_miss_.store(true, std::memory_order_release); }
    /// A compaction has removed events: conditions on queries do not see them any more.
    void forget_removed();
    [[nodiscard]] bool may_miss() const { return may_miss_.load(std::memory_order_acquire); }

    /// Events below this are in the index.
    [[nodiscard]] Position watermark() const { return Position{watermark_.load(std::memory_order_acquire)}; }

    /// Adds entries to the index, moves the watermark, and lets the table forget them. One caller at a time.
    Result<> apply(std::span<const index::Entry> entries, const index::Watermark& watermark);

    /// Puts a newer opening of the same index in place.
    void replace_index(std::shared_ptr<index::Index> index, Position watermark);

    /// The stream's head, from the table or else from the index, then remembered. With its ruling, where there are any;
    /// `ruled` stays false when its settings are not durable yet and were forgotten: ask again.
    [[nodiscard]] Result<StreamHead> head(std::string_view stream);
    /// The stream's ruling by settings below `end`, the committed head or less; null: there are none. `head`: the
    /// stream's.
    [[nodiscard]] Result<std::shared_ptr<const Ruling>> ruling(std::string_view stream, const StreamHead& head,
                                                               Position end);
    /// Looks whether the index knows any settings. At opening.
    Result<> look_for_rules();
    /// Positions of revisions [from, from + count) as far as they exist, ascending.
    [[nodiscard]] Result<std::vector<Position>> stream_positions(std::string_view stream, Revision from,
                                                                 std::uint64_t count);
    /// The first revision at or after a position; one past the last when there is none. `head`: the stream's.
    [[nodiscard]] Result<Revision> revision_at_or_after(std::string_view stream, const StreamHead& head,
                                                        Position position);
    /// Up to `count` positions of the term's events that are >= from, ascending; fewer when there are no more.
    [[nodiscard]] Result<std::vector<Position>> term_positions_from(const HashedTerm& term, Position from,
                                                                    std::uint64_t count);
    /// The same of those <= until, descending.
    [[nodiscard]] Result<std::vector<Position>> term_positions_until(const HashedTerm& term, Position until,
                                                                     std::uint64_t count);
    /// Lets the table know one position more of a term: the last before those that it holds.
    Result<> learn_last(const TermTable::Known& known);
    /// As Engine::streams, of events below `end`.
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                          std::size_t limit, Position end) const;

    /// Opens the index once more, to read it without its lock.
    using Reopen = std::function<Result<std::unique_ptr<index::Index>>()>;

    /// Makes the index durable and lets go of it and its lock, once no question is under way. When a Walk is about,
    /// what `reopen` opens takes its place, so that the walk can go on; otherwise, and when that fails, later
    /// questions are `failed_precondition`. Idempotent.
    Result<> close(const Reopen& reopen);

    /// Held by whoever wants to ask on after close(): it must exist before.
    class Walk {
    public:
        explicit Walk(std::shared_ptr<Catalog> catalog) : catalog_(std::move(catalog)) { ++catalog_->walks_; }
        ~Walk() { --catalog_->walks_; }
        Walk(const Walk&) = delete;
        Walk& operator=(const Walk&) = delete;
        Catalog* operator->() const { return catalog_.get(); }
        Catalog& operator*() const { return *catalog_; }

    private:
        const std::shared_ptr<Catalog> catalog_;
    };

private:
    Result<> indexed_from(const index::Term& term, Position from, std::uint64_t count,
                          std::vector<Position>& into) const;
    Result<> indexed_until(const index::Term& term, Position until, std::uint64_t count,
                           std::vector<Position>& into) const;
    [[nodiscard]] Result<Revision> place_at_or_after(std::string_view stream, const StreamHead& head,
                                                     Position position);
    [[nodiscard]] Result<StreamHead> plain_head(std::string_view stream);
    /// The ruling by the settings at `position`.
    [[nodiscard]] Result<std::shared_ptr<const Ruling>> ruling_at(std::string_view stream, const StreamHead& head,
                                                                  Position position);

    /// f(index), which answers a Result; the index stays as long.
    template <class F>
    std::invoke_result_t<F, index::Index&> ask(F&& f) const {
        const std::shared_lock lock = question();
        if (index_ == nullptr) return Error{Code::failed_precondition, "the store is closed; open it again"};
        return std::forward<F>(f)(*index_);
    }

    [[nodiscard]] std::shared_lock<std::shared_mutex> question() const {
        const std::lock_guard gate(gate_);
        return std::shared_lock(mutex_);
    }
    /// No question is under way, and none begins meanwhile.
    [[nodiscard]] std::unique_lock<std::shared_mutex> alone() const {
        const std::lock_guard gate(gate_);
        return std::unique_lock(mutex_);
    }

    const std::shared_ptr<Past> past_;
    StreamTable table_;
    TermTable terms_;
    mutable std::mutex gate_;              ///< so that a stream of questions cannot keep a change waiting for ever
    mutable std::shared_mutex mutex_;      ///< shared: a question is under way
    std::shared_ptr<index::Index> index_;  ///< guarded by mutex_
    bool closed_ = false;                  ///< likewise
    std::atomic<std::uint64_t> watermark_;
    std::atomic<std::uint64_t> walks_ = 0;
    std::atomic<bool> may_miss_ = false;
};

}  // namespace varve::engine
