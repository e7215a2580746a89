#include <chrono>
#include <mutex>
#include <utility>

#include "engine/folder_engine.hpp"
#include "engine/folder_reads.hpp"
#include "engine/index_opening.hpp"

namespace varve::engine {
namespace {

/// How often a reader looks for what a writer beside it has committed.
constexpr std::chrono::milliseconds follow_period{20};
/// Events that the reader keeps track of itself before it looks whether the writer's index knows them by now.
constexpr std::uint64_t reopen_lag = 256 << 10;

class ReadingEngine final : public FolderReads {
public:
    ReadingEngine(std::string folder, std::shared_ptr<index::Home> home, std::shared_ptr<log::SegmentLog> log,
                  std::shared_ptr<Catalog> catalog, std::shared_ptr<io::Clock> clock,
                  std::unique_ptr<log::BlockReader> rest)
        : FolderReads(std::move(folder), Durability::durable, std::move(log), std::move(catalog), std::move(clock)),
          home_(std::move(home)),
          rest_(std::move(rest)) {}
    ~ReadingEngine() override { static_cast<void>(close()); }

    void start(io::Executor& executor) {
        task_ = executor.start("varve-follow", follow_period, [this] { follow(); });
    }

    Result<Receipt> append(Commit, const AppendOptions&) override { return read_only(); }
    void append(Commit, const AppendOptions&, Completion done) override { done(read_only()); }

    Result<std::optional<Receipt>> find_command(std::string_view) override { return read_only(); }

    Result<> close() override {
        const std::lock_guard lock(closing_);
        if (!begin_close()) return {};
        task_.reset();
        head_.wake();
        return log_->close();
    }

private:
    [[nodiscard]] Error read_only() const {
        return closed() ? closed_error()
                        : Error{Code::failed_precondition,
                                "the store '" + folder_ + "' was opened read-only; open it for writing"};
    }

    void follow() {
        // What cannot be read now is looked at again next time; a reader's own read will say what is wrong.
        const auto more = log_->refresh();
        if (!more || !*more) return;
        if (log_->compacted()) catalog_->let_miss();
        if (!add_rest(*rest_, *catalog_)) return;
        const Position head = log_->head().next;
        head_.publish(head);
        if (head - catalog_->watermark() < reopen_lag) return;
        auto newer = open_index(*home_, true);
        if (!newer || !*newer || (*newer)->watermark.next <= catalog_->watermark()) return;
        const auto fit = fits((*newer)->watermark, *log_);
        if (fit && *fit) catalog_->replace_index(std::move((*newer)->index), (*newer)->watermark.next);
    }

    const std::shared_ptr<index::Home> home_;
    std::mutex closing_;  ///< a second closer waits for the first
    const std::unique_ptr<log::BlockReader> rest_;
    std::unique_ptr<io::Task> task_;
};

}  // namespace

Result<std::shared_ptr<Engine>> open_reading_engine(const std::string& folder, const io::Environment& environment,
                                                    const Inside& inside) {
    const Inside with = completed(inside, folder);
    auto log = log::SegmentLog::open(environment, {.folder = folder, .create = false, .read_only = true});
    if (!log) return std::move(log).error();
    auto index = open_index_to_read(*with.index, **log);
    if (!index) return std::move(index).error();
    auto catalog =
        std::make_shared<Catalog>(index->index, index->watermark.next, with.sizes.table_capacity, past_of(*log));
    if ((*log)->compacted()) catalog->let_miss();
    if (auto looked = catalog->look_for_rules(); !looked) return std::move(looked).error();
    auto rest = (*log)->read(index->watermark.sequence);
    if (!rest) return std::move(rest).error();
    if (auto added = add_rest(**rest, *catalog); !added) return std::move(added).error();
    auto engine = std::make_shared<ReadingEngine>(folder, with.index, *std::move(log), std::move(catalog),
                                                  environment.clock, *std::move(rest));
    engine->start(*environment.executor);
    return engine;
}

}  // namespace varve::engine
