// The simulation can fail: each bug that is planted here is found within a few seeds.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "simulation/passing.hpp"
#include "simulation/planted.hpp"

namespace varve::simulation {
namespace {

constexpr std::uint64_t seeds = 60;

template <class Bug>
Disguise engine_with() {
    return {.engine = [](std::shared_ptr<Engine> engine) { return std::make_shared<Bug>(std::move(engine)); }};
}

/// Answers every n-th append without making it.
class Forgets final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        if (++appends_ % 3 != 0) return PassingEngine::append(std::move(commit), options);
        return Receipt{.first = head(), .last = head() + (commit.events.size() - 1), .time = {}};
    }

private:
    int appends_ = 0;
};

/// Does as it is told, whatever the conditions say.
class Unconditional final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        commit.conditions.clear();
        return PassingEngine::append(std::move(commit), options);
    }
};

/// Reports a conflict where there is none.
class Quarrelsome final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        if (++appends_ % 5 != 0) return PassingEngine::append(std::move(commit), options);
        return Error{.code = Code::aborted, .message = "no"};
    }

private:
    int appends_ = 0;
};

/// Makes two commits of one.
class Tears final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        if (commit.events.size() < 2) return PassingEngine::append(std::move(commit), options);
        Commit rest;
        rest.events.assign(commit.events.begin() + 1, commit.events.end());
        commit.events.resize(1);
        auto first = PassingEngine::append(std::move(commit), options);
        if (!first) return first;
        auto second = PassingEngine::append(std::move(rest), options);
        if (second) second->first = first->first;
        return second;
    }
};

/// Takes no commit for a repeat.
class Unaware final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        commit.repeats = ::varve::Repeats::unchecked;
        commit.command_id.clear();
        return PassingEngine::append(std::move(commit), options);
    }
};

/// Writes what it was given once more.
class Repeats final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    void append(Commit commit, const AppendOptions& options, Completion done) override {
        PassingEngine::append(commit, options, std::move(done));
        commit.repeats = ::varve::Repeats::unchecked;
        commit.command_id.clear();
        PassingEngine::append(std::move(commit), options, [](const Result<Receipt>&) {});
    }
};

/// Calls a completion twice.
class Echoes final : public PassingEngine {
public:
    using PassingEngine::append;
    using PassingEngine::PassingEngine;
    void append(Commit commit, const AppendOptions& options, Completion done) override {
        PassingEngine::append(std::move(commit), options, [done](const Result<Receipt>& answer) {
            done(answer);
            done(answer);
        });
    }
};

/// Shows one position less than there is.
class Lags final : public PassingEngine {
public:
    using PassingEngine::PassingEngine;
    Position head() const override {
        const Position whole = PassingEngine::head();
        return whole > Position{5} ? whole - 1 : whole;
    }
};

/// Walks that go wrong at every seventh event.
template <class Fault>
class Misreads final : public PassingEngine {
public:
    using PassingEngine::PassingEngine;
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override {
        return PassingEngine::read(selection).transform([](std::unique_ptr<EventSource> source) {
            return std::unique_ptr<EventSource>(std::make_unique<Source>(std::move(source)));
        });
    }

private:
    class Source final : public EventSource {
    public:
        explicit Source(std::unique_ptr<EventSource> right) : right_(std::move(right)) {}
        Result<const Event*> next() override {
            auto event = right_->next();
            if (!event || *event == nullptr || ++events_ % 7 != 0) return event;
            return fault_.apply(*right_, **event);
        }

    private:
        const std::unique_ptr<EventSource> right_;
        Fault fault_;
        int events_ = 0;
    };
};

struct Skip {
    Result<const Event*> apply(EventSource& source, const Event&) { return source.next(); }
};
struct End {
    Result<const Event*> apply(EventSource&, const Event&) { return nullptr; }
};
struct Change {
    Event changed;
    Result<const Event*> apply(EventSource&, const Event& event) {
        changed = event;
        changed.data = "something else";
        return &changed;
    }
};
struct MoveInTime {
    Event changed;
    Result<const Event*> apply(EventSource&, const Event& event) {
        changed = event;
        changed.created += std::chrono::microseconds(1);
        return &changed;
    }
};

TEST(PlantedBug, CommitsAreForgotten) {
    EXPECT_NE(found(engine_with<Forgets>(), seeds), "");
}
TEST(PlantedBug, ConditionsAreIgnored) {
    EXPECT_NE(found(engine_with<Unconditional>(), seeds), "");
}
TEST(PlantedBug, ConflictsAreInvented) {
    EXPECT_NE(found(engine_with<Quarrelsome>(), seeds), "");
}
TEST(PlantedBug, CommitsAreTorn) {
    EXPECT_NE(found(engine_with<Tears>(), seeds), "");
}
TEST(PlantedBug, ARepeatIsWrittenOnceMore) {
    EXPECT_NE(found(engine_with<Unaware>(), seeds), "");
}
TEST(PlantedBug, CommitsAreRepeated) {
    EXPECT_NE(found(engine_with<Repeats>(), seeds), "");
}
TEST(PlantedBug, CompletionsAreCalledTwice) {
    EXPECT_NE(found(engine_with<Echoes>(), seeds), "");
}
TEST(PlantedBug, TheHeadLags) {
    EXPECT_NE(found(engine_with<Lags>(), seeds), "");
}
TEST(PlantedBug, EventsAreSkipped) {
    EXPECT_NE(found(engine_with<Misreads<Skip>>(), seeds), "");
}
TEST(PlantedBug, ReadsEndEarly) {
    EXPECT_NE(found(engine_with<Misreads<End>>(), seeds), "");
}
TEST(PlantedBug, EventsAreChanged) {
    EXPECT_NE(found(engine_with<Misreads<Change>>(), seeds), "");
}
TEST(PlantedBug, TimesAreWrong) {
    EXPECT_NE(found(engine_with<Misreads<MoveInTime>>(), seeds), "");
}

template <class Bug>
Disguise files_with() {
    return {.files = [](std::shared_ptr<io::Files> files) { return std::make_shared<Bug>(std::move(files)); }};
}

/// Says that it synced and did not.
class NeverSynced final : public PassingFiles {
public:
    using PassingFiles::PassingFiles;
    Result<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override {
        return PassingFiles::open(path, mode).transform([](std::unique_ptr<io::File> file) {
            return std::unique_ptr<io::File>(std::make_unique<Unsynced>(std::move(file)));
        });
    }

private:
    class Unsynced final : public PassingFile {
    public:
        using PassingFile::PassingFile;
        Result<> sync_data() override { return {}; }
    };
};

/// New files are not made durable in their folder.
class ForgetfulFolder final : public PassingFiles {
public:
    using PassingFiles::PassingFiles;
    Result<> sync_directory(const io::Path&) override { return {}; }
};

/// A bit of what is written is not what was given.
class Careless final : public PassingFiles {
public:
    using PassingFiles::PassingFiles;
    Result<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override {
        return PassingFiles::open(path, mode).transform([](std::unique_ptr<io::File> file) {
            return std::unique_ptr<io::File>(std::make_unique<Flipping>(std::move(file)));
        });
    }

private:
    class Flipping final : public PassingFile {
    public:
        using PassingFile::PassingFile;
        Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) override {
            std::string bytes;
            for (const std::string_view part : parts) bytes += part;
            if (++writes_ % 5 == 0 && bytes.size() > 150) bytes[140] = static_cast<char>(bytes[140] ^ 1);
            const std::string_view all = bytes;
            return PassingFile::write(offset, std::span(&all, 1));
        }

    private:
        int writes_ = 0;
    };
};

TEST(PlantedBug, SyncsAreLeftOut) {
    EXPECT_NE(found(files_with<NeverSynced>(), seeds), "");
}
TEST(PlantedBug, FoldersAreNotSynced) {
    EXPECT_NE(found(files_with<ForgetfulFolder>(), seeds), "");
}
TEST(PlantedBug, BytesAreChangedOnTheirWay) {
    EXPECT_NE(found(files_with<Careless>(), seeds), "");
}

TEST(PlantedBug, WithoutOneNothingIsFound) {
    EXPECT_EQ(found(engine_with<PassingEngine>(), 20), "");
    EXPECT_EQ(found(files_with<PassingFiles>(), 20), "");
}

}  // namespace
}  // namespace varve::simulation
