#include "memory/memory_engine.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "memory/flat_calls.hpp"
#include "memory/history.hpp"
#include "store/rules.hpp"

namespace varve::memory {
namespace {

Error closed_error() {
    return {.code = Code::failed_precondition,
            .message = "the memory store is closed: its events are gone, open a new one"};
}

class MemoryEngine final : public Engine, public std::enable_shared_from_this<MemoryEngine> {
public:
    explicit MemoryEngine(std::shared_ptr<io::Clock> clock)
        : clock_(std::move(clock)), id_(EventId::random().to_string()) {}

    Result<Receipt> append(Commit commit, const AppendOptions& options) override;
    void append(Commit commit, const AppendOptions& options, Completion done) override;
    Result<std::optional<Receipt>> find_command(std::string_view command_id) override;
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override;
    Position head() const override;
    bool wait_beyond(Position position, Deadline deadline) override;
    void wake_waiters() override;
    Result<Position> position_at(Timestamp time) override;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override;
    Result<std::optional<StreamInfo>> stream(std::string_view name) override;
    Result<StreamRetention> retention(std::string_view stream) override;
    std::optional<Removals> removals() const override;
    Result<StoreInfo> info() override;
    bool closed() const override;
    Result<> close() override;

    /// The next events of a slice, at most `page` full; takes them off its range.
    void take(Slice& slice, Direction direction, std::vector<const Event*>& page) const;

private:
    const std::shared_ptr<io::Clock> clock_;
    const std::string id_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    History history_;
    std::uint64_t settings_ = 0;  ///< commits that changed the settings of a stream
    std::uint64_t wakes_ = 0;
    bool closed_ = false;
};

/// Fetches pages of pointers under the engine's lock and hands them out without it. Keeps the engine alive.
class MemorySource final : public EventSource {
public:
    MemorySource(std::shared_ptr<const MemoryEngine> engine, const Slice& slice, Direction direction)
        : engine_(std::move(engine)), slice_(slice), direction_(direction) {}

    Result<const Event*> next() override {
        if (at_ == page_.size()) {
            if (slice_.range.empty()) return nullptr;
            page_.clear();
            at_ = 0;
            engine_->take(slice_, direction_, page_);
        }
        return page_[at_++];
    }

private:
    std::shared_ptr<const MemoryEngine> engine_;
    Slice slice_;
    Direction direction_;
    std::vector<const Event*> page_;
    std::size_t at_ = 0;
};

Result<Receipt> MemoryEngine::append(Commit commit, const AppendOptions&) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    const bool settings = std::ranges::any_of(commit.events, store::is_settings, &NewEvent::stream);
    auto receipt = history_.append(std::move(commit), clock_->now());
    if (receipt && settings) ++settings_;
    if (receipt) changed_.notify_all();
    return receipt;
}

void MemoryEngine::append(Commit commit, const AppendOptions& options, Completion done) {
    run_flat([outcome = append(std::move(commit), options), done = std::move(done)] { done(outcome); });
}

Result<std::optional<Receipt>> MemoryEngine::find_command(std::string_view command_id) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    return history_.find_command(command_id);
}

Result<std::unique_ptr<EventSource>> MemoryEngine::read(const Selection& selection) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    return std::make_unique<MemorySource>(shared_from_this(), history_.select(selection, clock_->now()),
                                          selection.direction);
}

void MemoryEngine::take(Slice& slice, Direction direction, std::vector<const Event*>& page) const {
    static constexpr std::size_t page_events_max = 256;
    const std::scoped_lock lock(mutex_);
    while (!slice.range.empty() && page.size() < page_events_max) {
        const std::uint64_t n = direction == Direction::forward ? slice.range.begin++ : --slice.range.end;
        page.push_back(&history_.at(slice, n));
    }
}

Position MemoryEngine::head() const {
    const std::scoped_lock lock(mutex_);
    return history_.head();
}

bool MemoryEngine::wait_beyond(Position position, Deadline deadline) {
    std::unique_lock lock(mutex_);
    const std::uint64_t wakes_before = wakes_;
    const auto done = [&] { return history_.head() > position || closed_ || wakes_ != wakes_before; };
    if (deadline == Deadline::max()) {
        changed_.wait(lock, done);
    } else {
        changed_.wait_until(lock, deadline, done);
    }
    return history_.head() > position;
}

void MemoryEngine::wake_waiters() {
    const std::scoped_lock lock(mutex_);
    ++wakes_;
    changed_.notify_all();
}

Result<Position> MemoryEngine::position_at(Timestamp time) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    return history_.position_at(time);
}

Result<std::vector<StreamInfo>> MemoryEngine::streams(std::string_view prefix, std::string_view after,
                                                      std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    return history_.streams(prefix, after, limit);
}

Result<std::optional<StreamInfo>> MemoryEngine::stream(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    return history_.stream(name);
}

Result<StreamRetention> MemoryEngine::retention(std::string_view stream) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    return history_.retention(stream, clock_->now());
}

std::optional<Removals> MemoryEngine::removals() const {
    const std::scoped_lock lock(mutex_);
    return Removals{.settings = settings_};
}

Result<StoreInfo> MemoryEngine::info() {
    const std::scoped_lock lock(mutex_);
    if (closed_) return closed_error();
    StoreInfo info;
    info.engine = "memory";
    info.id = id_;
    info.events = info.indexed = history_.head().value;
    info.commits = history_.commits();
    info.durability = Durability::volatile_;
    if (info.events != 0) {
        info.first_time = history_.at({}, 0).created;
        info.last_time = history_.at({}, info.events - 1).created;
    }
    return info;
}

bool MemoryEngine::closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
}

Result<> MemoryEngine::close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
    return {};
}

}  // namespace

std::shared_ptr<Engine> memory_engine(std::shared_ptr<io::Clock> clock) {
    return std::make_shared<MemoryEngine>(std::move(clock));
}

}  // namespace varve::memory
