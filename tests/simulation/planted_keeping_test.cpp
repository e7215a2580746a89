// Bugs of retention and compaction that are planted are found, as those of planted_test.cpp are.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "log/rewrite.hpp"
#include "simulation/passing.hpp"
#include "simulation/planted.hpp"

namespace varve::simulation {
namespace {

constexpr std::uint64_t seeds = 150;

/// Leaves the event at one position out.
class Without final : public EventSource {
public:
    Without(std::unique_ptr<EventSource> right, Position lost) : right_(std::move(right)), lost_(lost) {}
    Result<const Event*> next() override {
        auto event = right_->next();
        if (event && *event != nullptr && (*event)->position == lost_) return right_->next();
        return event;
    }

private:
    const std::unique_ptr<EventSource> right_;
    const Position lost_;
};

/// A compaction that takes something takes the last event of all too.
class TakesTooMuch final : public PassingEngine {
public:
    using PassingEngine::PassingEngine;
    Result<CompactReport> compact(const CompactOptions& options) override {
        const Position end = head();
        auto report = PassingEngine::compact(options);
        if (report && report->events > 0 && !options.dry_run) lost_ = end - 1;
        return report;
    }
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override {
        auto source = PassingEngine::read(selection);
        if (!source || !lost_) return source;
        return std::unique_ptr<EventSource>(std::make_unique<Without>(*std::move(source), *lost_));
    }

private:
    std::optional<Position> lost_;
};

/// Says that it compacted, and did not.
class OnlySays final : public PassingEngine {
public:
    using PassingEngine::PassingEngine;
    Result<CompactReport> compact(const CompactOptions& options) override {
        return PassingEngine::compact({.dry_run = true, .watch = options.watch});
    }
};

/// All events of a stream, kept or not.
class OfStream final : public EventSource {
public:
    OfStream(std::unique_ptr<EventSource> all, std::string stream) : all_(std::move(all)), stream_(std::move(stream)) {}
    Result<const Event*> next() override {
        for (;;) {
            auto event = all_->next();
            if (!event || *event == nullptr || (*event)->stream == stream_) return event;
        }
    }

private:
    const std::unique_ptr<EventSource> all_;
    const std::string stream_;
};

/// Shows the removed events of streams, too.
class ShowsAll final : public PassingEngine {
public:
    using PassingEngine::PassingEngine;
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override {
        const auto* stream = std::get_if<Stream>(&selection.source);
        const bool simple = !selection.from_revision && !selection.until_revision && selection.limit == no_limit;
        if (stream == nullptr || !simple) return PassingEngine::read(selection);
        Selection all = selection;
        all.source = All{};
        return PassingEngine::read(all).transform([&](std::unique_ptr<EventSource> source) {
            return std::unique_ptr<EventSource>(std::make_unique<OfStream>(std::move(source), stream->name));
        });
    }
};

/// Appends to a tombstoned stream succeed, in words.
class RaisesTheDead final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        const auto events = commit.events.size();
        auto receipt = PassingEngine::append(std::move(commit), options);
        if (receipt || receipt.error().reason != "stream.tombstoned") return receipt;
        return Receipt{.first = head(), .last = head() + (events - 1), .time = {}};
    }
};

/// The new name of a segment that was written anew is not made durable.
class ForgetfulRewrites final : public PassingFiles {
public:
    using PassingFiles::PassingFiles;
    Result<> rename(const io::Path& from, const io::Path& to) override {
        rewritten_ = from.filename() == log::rewriting_name;
        return PassingFiles::rename(from, to);
    }
    Result<> sync_directory(const io::Path& directory) override {
        if (std::exchange(rewritten_, false)) return {};
        return PassingFiles::sync_directory(directory);
    }

private:
    bool rewritten_ = false;
};

class PassingIndex : public index::Index {
public:
    explicit PassingIndex(std::unique_ptr<index::Index> right) : right_(std::move(right)) {}
    Result<index::Watermark> watermark() const override { return right_->watermark(); }
    Result<> apply(std::span<const index::Entry> entries, const index::Watermark& watermark) override {
        return right_->apply(entries, watermark);
    }
    Result<std::optional<StreamInfo>> stream(std::string_view name) const override { return right_->stream(name); }
    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const override {
        return right_->stream_positions(name, from, count, into);
    }
    Result<> term_positions_from(const index::Term& term, Position from, std::uint64_t count,
                                 std::vector<Position>& into) const override {
        return right_->term_positions_from(term, from, count, into);
    }
    Result<> term_positions_until(const index::Term& term, Position until, std::uint64_t count,
                                  std::vector<Position>& into) const override {
        return right_->term_positions_until(term, until, count, into);
    }
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) const override {
        return right_->streams(prefix, after, limit);
    }
    Result<> flush() override { return right_->flush(); }

private:
    const std::unique_ptr<index::Index> right_;
};

/// Does not learn of an event of which a compaction has left the place alone: where all others of its stream are gone,
/// revisions begin at 0 again.
class ForgetsPlaces final : public PassingIndex {
public:
    using PassingIndex::PassingIndex;
    Result<> apply(std::span<const index::Entry> entries, const index::Watermark& watermark) override {
        std::vector<index::Entry> known(entries.begin(), entries.end());
        std::erase_if(known, [](const index::Entry& entry) { return entry.type.empty(); });
        return PassingIndex::apply(known, watermark);
    }
};

class ForgetfulHome final : public index::Home {
public:
    explicit ForgetfulHome(std::shared_ptr<index::Home> right) : right_(std::move(right)) {}
    Result<std::unique_ptr<index::Index>> open(bool read_only) override {
        return right_->open(read_only).transform([](std::unique_ptr<index::Index> index) {
            return std::unique_ptr<index::Index>(std::make_unique<ForgetsPlaces>(std::move(index)));
        });
    }
    Result<> destroy() override { return right_->destroy(); }

private:
    const std::shared_ptr<index::Home> right_;
};

template <class Bug>
Disguise engine_with() {
    return {.engine = [](std::shared_ptr<Engine> engine) { return std::make_shared<Bug>(std::move(engine)); }};
}

TEST(PlantedBug, ACompactionLosesAKeptEvent) {
    EXPECT_NE(found(engine_with<TakesTooMuch>(), seeds), "");
}
TEST(PlantedBug, ACompactionTakesNothing) {
    EXPECT_NE(found(engine_with<OnlySays>(), seeds), "");
}
TEST(PlantedBug, RemovedEventsAreShownAfterReopening) {
    const auto openings = std::make_shared<int>(0);
    const Disguise second{.engine = [openings](std::shared_ptr<Engine> engine) -> std::shared_ptr<Engine> {
        if (++*openings % 2 != 0) return engine;
        return std::make_shared<ShowsAll>(std::move(engine));
    }};
    EXPECT_NE(found(second, seeds), "");
}
TEST(PlantedBug, TombstonesDoNotHold) {
    EXPECT_NE(found(engine_with<RaisesTheDead>(), seeds), "");
}
TEST(PlantedBug, ACompactionIsUndoneByAPowerCut) {
    const Disguise files{.files = [](std::shared_ptr<io::Files> right) {
        return std::make_shared<ForgetfulRewrites>(std::move(right));
    }};
    EXPECT_NE(found(files, seeds), "");
}
TEST(PlantedBug, RevisionsBeginAtZeroAgain) {
    const Disguise home{
        .home = [](std::shared_ptr<index::Home> right) { return std::make_shared<ForgetfulHome>(std::move(right)); }};
    EXPECT_NE(found(home, seeds), "");
}

}  // namespace
}  // namespace varve::simulation
