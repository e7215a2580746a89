#include <chrono>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "engine/compressing.hpp"
#include "engine/folder_engine.hpp"
#include "engine/folder_reads.hpp"
#include "engine/index_opening.hpp"
#include "engine/indexer.hpp"
#include "engine/writer.hpp"

namespace varve::engine {
namespace {

class WritingEngine final : public FolderReads {
public:
    WritingEngine(std::string folder, Inside inside, Durability durability, std::shared_ptr<log::SegmentLog> log,
                  std::shared_ptr<Catalog> catalog, const io::Environment& environment)
        : FolderReads(std::move(folder), durability, std::move(log), std::move(catalog), environment.clock),
          inside_(std::move(inside)),
          environment_(environment),
          writer_(
              environment, log_, log_->epoch(), catalog_, durability,
              [this](Position head) {
                  head_.publish(head);
                  indexer_->committed(head);
              },
              std::make_unique<Originals>(past_of(log_), catalog_, inside_.sizes.known_events,
                                          environment.random->next()),
              inside_.sizes) {}
    ~WritingEngine() override { static_cast<void>(close()); }

    /// Brings the index near the end of the log; then the engine is ready for use.
    Result<> start(index::Watermark watermark, bool compress) {
        if (log_->compacted()) catalog_->let_miss();
        watermark.store_id = log_->id();
        indexer_ = std::make_unique<Indexer>(
            log_, catalog_, std::move(watermark), [this](const Result<>& outcome) { writer_.index_moved(outcome); },
            inside_.sizes);
        if (auto caught_up = indexer_->catch_up(inside_.sizes.open_lag_max); !caught_up) return caught_up;
        if (auto looked = catalog_->look_for_rules(); !looked) return looked;
        auto rest = log_->read(indexer_->watermark().sequence);
        if (!rest) return std::move(rest).error();
        if (auto added = add_rest(**rest, *catalog_); !added) return added;
        indexer_->start(*environment_.executor);
        if (compress) compressing_ = std::make_unique<Compressing>(log_, *environment_.executor);
        if (log_->head().next > Position{0}) {
            remember_ =
                environment_.executor->start("varve-ids", std::chrono::milliseconds(0), [this] { writer_.remember(); });
            remember_->wake();
        }
        return {};
    }

    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        if (closed()) return closed_error();
        return writer_.append(std::move(commit), options);
    }
    void append(Commit commit, const AppendOptions& options, Completion done) override {
        if (closed()) return done(closed_error());
        writer_.append(std::move(commit), options, std::move(done));
    }

    Result<std::optional<Receipt>> find_command(std::string_view command_id) override {
        if (closed()) return closed_error();
        return writer_.find_command(command_id);
    }

    std::optional<Removals> removals() const override {
        // A stream's first settings count from their admission on: asked too early, the counter still moves afterwards.
        const bool any = catalog_->table().any_rules();
        return Removals{.settings = any ? 1 + writer_.settings_written() : 0,
                        .compactions = compactions(),
                        .missing = log_->missing()};
    }

    Result<> close() override {
        if (writer_.completing()) {
            return Error{Code::failed_precondition,
                         "a completion cannot close its own store: close waits for all completions"};
        }
        const std::lock_guard lock(closing_);
        if (!begin_close()) return {};
        writer_.close();
        remember_.reset();
        compressing_.reset();
        head_.wake();
        auto indexed = indexer_ != nullptr ? indexer_->finish() : Result<>();
        auto flushed = catalog_->close([this] { return inside_.index->open(true); });
        auto closed = log_->close();
        if (!closed) return closed;
        return indexed ? std::move(flushed) : std::move(indexed);
    }

private:
    const Inside inside_;
    const io::Environment environment_;
    std::mutex closing_;  ///< a second closer waits for the first
    std::unique_ptr<Indexer> indexer_;
    Writer writer_;  // after the indexer that it wakes: it goes first
    std::unique_ptr<io::Task> remember_;
    std::unique_ptr<Compressing> compressing_;
};

/// A forked child leaves the engine as it is: its threads are not there to be ended, and its index is the parent's.
std::shared_ptr<Engine> left_alone_by_children(std::shared_ptr<Engine> engine) {
    Engine* const seen = engine.get();
    auto owner = std::make_unique<std::shared_ptr<Engine>>(std::move(engine));
    return {seen, [owner = owner.release(), born = fork_generation()](Engine*) {
                if (fork_generation() == born) delete owner;
            }};
}

}  // namespace

Result<std::shared_ptr<Engine>> open_writing_engine(const std::string& folder, const OpenOptions& options,
                                                    const io::Environment& environment, const Inside& inside) {
    const Inside with = completed(inside, folder);
    std::optional<OpenIndex> found;
    const auto witness = [&](const std::string& store_id) -> Result<Position> {
        auto opened = open_index(*with.index, false);
        if (!opened) return std::move(opened).error();
        found = *std::move(opened);
        return found && found->watermark.store_id == store_id ? found->watermark.next : Position{0};
    };
    auto log = log::SegmentLog::open(environment, {.folder = folder,
                                                   .durability = options.durability,
                                                   .create = options.create,
                                                   .read_only = false,
                                                   .segment_bytes = options.segment_bytes,
                                                   .witness = witness});
    if (!log) return std::move(log).error();
    if (!found) {
        auto opened = open_index(*with.index, false);
        if (!opened) return std::move(opened).error();
        found = *std::move(opened);
    }
    auto fit = fit_index(*with.index, **log, std::move(found));
    if (!fit) return std::move(fit).error();

    auto catalog = std::make_shared<Catalog>(fit->index, fit->watermark.next, with.sizes.table_capacity, past_of(*log));
    auto engine = std::make_shared<WritingEngine>(folder, with, options.durability, *std::move(log), std::move(catalog),
                                                  environment);
    if (auto started = engine->start(std::move(fit->watermark), options.compress); !started)
        return std::move(started).error();
    return engine;
}

Result<std::shared_ptr<Engine>> open_folder_engine(const std::string& folder, const OpenOptions& options,
                                                   const io::Environment& environment, const Inside& inside) {
    // An Executor without threads says so by an exception, as the library below the index does.
    try {
        auto engine = options.read_only ? open_reading_engine(folder, environment, inside)
                                        : open_writing_engine(folder, options, environment, inside);
        return std::move(engine).transform(left_alone_by_children);
    } catch (const std::system_error& refused) {
        return Error{Code::resource_exhausted, "the store '" + folder +
                                                   "' cannot be opened: the operating system gives no thread (" +
                                                   refused.what() + "); allow the process more threads or memory"};
    }
}

}  // namespace varve::engine
