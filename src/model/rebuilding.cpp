#include "model/rebuilding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/standstill.hpp"
#include "store/deadline.hpp"

namespace varve {

namespace {

/// Seconds.
constexpr double longest_told = 1e9;

Error refused(std::string message) {
    return Error{.code = Code::failed_precondition, .message = std::move(message)};
}

Error too_far(const Crew& crew, Position wanted) {
    const Position at = crew.only().progress().position();
    return Error{.code = Code::deadline_exceeded,
                 .message = fmt::format("projection {} is at position {}, {} events before {}; give it more time",
                                        crew.type().name, at.value, wanted > at ? wanted - at : 0, wanted.value)};
}

Result<> check_whole(const Crew& next, const Crew& before, const CutOverOptions& options) {
    const auto lacks = [](const ProjectionStatus& status) { return status.quarantined.size(); };
    const ProjectionStatus status = next.status();
    if (options.with_quarantine || lacks(status) == 0) return {};
    return refused(fmt::format(
        "projection {} has set aside {} keys, '{}' first ({} has {}): retry or discard them, or cut "
        "over with_quarantine",
        status.name, lacks(status), status.quarantined.front().key, before.type().name, lacks(before.status())));
}

}  // namespace

Result<std::shared_ptr<Rebuilding>> Rebuilding::begin(std::shared_ptr<QueryPlace> place,
                                                      const detail::ComparedType& old_type,
                                                      const detail::ComparedType& new_type,
                                                      const RebuildOptions& options, const Store& store) {
    auto rebuilding = std::shared_ptr<Rebuilding>(new Rebuilding(std::move(place), old_type, new_type, store));
    if (Result<> opened = rebuilding->open(options); !opened.ok()) {
        return std::move(opened).error().within(fmt::format("rebuild of projection {}", old_type.type->name));
    }
    return rebuilding;
}

Result<> Rebuilding::open(const RebuildOptions& options) {
    old_ = place_->crew();
    const ProjectionOptions& before = old_->options();
    if (before.life != Life::async || before.partitions != 1) {
        return Error{.code = Code::unimplemented,
                     .message =
                         "only a projection with a thread of its own, in one partition, can be rebuilt beside "
                         "the old one; run the new class under another name instead"};
    }
    ProjectionOptions fresh = before;
    fresh.file = options.file;
    if (!options.file && before.file) {
        files_.emplace(*disk_, before.file->path);
        fresh.file = Sqlite{files_->next()};
    }
    if (fresh.file) {
        if (Result<> prepared = prepare_file({.file = fresh.file, .resume = options.resume}); !prepared.ok())
            return prepared;
    }
    auto crew = Crew::open(*new_type_.type, fresh, store_);
    if (!crew.ok()) return std::move(crew).error();
    new_ = std::move(*crew);
    return {};
}

Result<> Rebuilding::prepare_file(const RebuildOptions& options) {
    if (options.resume) return {};
    if (files_) return files_->remove(options.file->path);
    const auto there = disk_->exists(options.file->path);
    if (!there.ok()) return there.error();
    if (!*there) return {};
    return Error{.code = Code::already_exists,
                 .message = fmt::format("SQLite file '{}' is there already; delete it, or set resume to go on with it",
                                        options.file->path)};
}

Rebuilding::Standing Rebuilding::standing() const {
    const std::lock_guard lock(mutex_);
    return {stage_, closed_, old_, new_};
}

bool Rebuilding::over() const {
    const Stage stage = standing().stage;
    return stage == Stage::finished || stage == Stage::cancelled;
}

std::shared_ptr<Crew> Rebuilding::other() const {
    const Standing now = standing();
    if (over()) return nullptr;
    return now.stage == Stage::beside ? now.new_one : now.old_one;
}

std::optional<ProjectionStatus> Rebuilding::other_status() const {
    const auto crew = other();
    if (!crew) return {};
    ProjectionStatus status = crew->status();
    status.role = crew == standing().new_one ? ProjectionStatus::Role::next : ProjectionStatus::Role::previous;
    return status;
}

void Rebuilding::stop() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    const std::lock_guard changing(changing_);
    const Standing now = standing();
    for (const auto& crew : {now.old_one, now.new_one}) {
        if (crew) crew->stop();
    }
}

RebuildProgress Rebuilding::progress() {
    using State = RebuildProgress::State;
    const Standing now = standing();
    RebuildProgress progress;
    if (now.stage == Stage::finished) progress.state = State::finished;
    if (now.stage == Stage::cancelled) progress.state = State::cancelled;
    if (!now.new_one) return progress;
    const ProjectionStatus status = now.new_one->status();
    progress.position = status.position;
    progress.head = status.head;
    progress.events_per_second = status.events_per_second;
    if (status.events_per_second > 0) {
        const double seconds = static_cast<double>(status.lag()) / status.events_per_second;
        progress.time_left = std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, longest_told)));
    }
    progress.quarantined = status.quarantined;
    progress.error = status.error;
    if (now.stage == Stage::finished) return progress;
    const std::lock_guard lock(mutex_);
    if (status.state == ProjectionStatus::State::live) ready_ = true;
    if (status.state == ProjectionStatus::State::failed) {
        progress.state = State::failed;
    } else if (now.closed || status.state == ProjectionStatus::State::stopped) {
        progress.state = State::stopped;
    } else if (now.stage == Stage::in_charge) {
        progress.state = State::in_charge;
    } else {
        progress.state = ready_ ? State::ready : State::building;
    }
    return progress;
}

Result<Rebuilding::Standing> Rebuilding::expect(Stage stage, std::string_view what) const {
    const Standing now = standing();
    if (now.closed) return refused(fmt::format("{}: the App was closed", what));
    if (now.stage == stage) return now;
    switch (now.stage) {
        case Stage::beside: return refused(fmt::format("{}: the old one is in charge; cut over first", what));
        case Stage::in_charge: return refused(fmt::format("{}: the new one is in charge; roll back first", what));
        case Stage::finished: return refused(fmt::format("{}: the rebuild is finished", what));
        case Stage::cancelled: break;
    }
    return refused(fmt::format("{}: the rebuild was cancelled", what));
}

Result<> Rebuilding::wait(std::chrono::milliseconds limit) {
    const Standing now = standing();
    if (!now.new_one) return refused("wait: the rebuild was cancelled");
    const Position head = store_.head();
    const auto waited = now.new_one->only().progress().wait(head, store::deadline_in(limit));
    if (waited == ProjectionProgress::Waited::reached) {
        const std::lock_guard lock(mutex_);
        ready_ = true;
        return {};
    }
    if (auto error = now.new_one->only().progress().error()) return std::move(*error);
    if (waited == ProjectionProgress::Waited::ended) return refused("wait: the App was closed");
    return too_far(*now.new_one, head);
}

Result<> Rebuilding::cut_over(const CutOverOptions& options) {
    const std::lock_guard changing(changing_);
    auto now = expect(Stage::beside, "cut over");
    if (!now.ok()) return std::move(now).error();
    return put_in_charge(now->new_one, now->old_one, Stage::in_charge, options).within("cut over");
}

Result<> Rebuilding::roll_back(const CutOverOptions& options) {
    const std::lock_guard changing(changing_);
    auto now = expect(Stage::in_charge, "roll back");
    if (!now.ok()) return std::move(now).error();
    return put_in_charge(now->old_one, now->new_one, Stage::beside, options).within("roll back");
}

Result<> Rebuilding::put_in_charge(const std::shared_ptr<Crew>& next, const std::shared_ptr<Crew>& before, Stage stage,
                                   const CutOverOptions& options) {
    const Deadline deadline = store::deadline_in(options.limit);
    if (auto error = next->only().progress().error()) {
        error->code = Code::failed_precondition;
        return std::move(*error);
    }
    // The one in charge stands still for the last few events only.
    const Position at = before->only().progress().position();
    if (next->only().progress().wait(at, deadline) != ProjectionProgress::Waited::reached) {
        return too_far(*next, at);
    }
    if (Result<> whole = check_whole(*next, *before, options); !whole.ok()) return whole;
    Standstill both(*next, *before);
    if (!before->only().progress().failed()) {
        if (Result<> met = both.meet(deadline); !met.ok()) return met;
    } else if (Result<> held = hold_still(*next, at, deadline); held.ok()) {
        both.lock();
    } else {
        return held;
    }
    if (files_) {
        if (Result<> moved = exchange_files(*next, *before, stage, deadline); !moved.ok()) return moved;
    }
    place_->replace(next);
    const std::lock_guard lock(mutex_);
    stage_ = stage;
    return {};
}

Result<> Rebuilding::exchange_files(Crew& next, Crew& before, Stage stage, Deadline deadline) {
    const std::string waiting = stage == Stage::in_charge ? files_->next() : files_->previous();
    const std::string passed = stage == Stage::in_charge ? files_->previous() : files_->next();
    if (Result<> left = next.only().model().leave(deadline); !left.ok()) return left;
    if (Result<> left = before.only().model().leave(deadline); !left.ok()) {
        Result<> back = next.only().model().arrive(waiting);
        return back.ok() ? left : back;
    }
    Result<> exchanged = stage == Stage::in_charge ? files_->swap() : files_->swap_back();
    Result<> arrived = next.only().model().arrive(exchanged.ok() ? files_->path() : waiting);
    const Result<> there = before.only().model().arrive(exchanged.ok() ? passed : files_->path());
    if (!exchanged.ok()) return exchanged;
    return arrived.ok() ? there : arrived;
}

Result<> Rebuilding::finish() {
    const std::lock_guard changing(changing_);
    if (standing().stage == Stage::finished) return {};
    auto now = expect(Stage::in_charge, "finish");
    if (!now.ok()) return std::move(now).error();
    return drop(std::move(now->old_one), Stage::finished);
}

Result<> Rebuilding::cancel() {
    const std::lock_guard changing(changing_);
    if (standing().stage == Stage::cancelled) return {};
    auto now = expect(Stage::beside, "cancel");
    if (!now.ok()) return std::move(now).error();
    return drop(std::move(now->new_one), Stage::cancelled);
}

Result<> Rebuilding::drop(std::shared_ptr<Crew> crew, Stage stage) {
    crew->stop();
    {
        const std::lock_guard lock(mutex_);
        stage_ = stage;
        (stage == Stage::finished ? old_ : new_).reset();
    }
    if (!crew->options().file) return {};
    const std::string path = crew->only().model().place();
    crew.reset();
    return RebuildFiles(*disk_, path).remove(path);
}

Result<RowDiff> Rebuilding::diff(const RebuildDiffOptions& options) {
    if (auto checked = check_diff_rows(options.rows); !checked.ok()) return std::move(checked).error();
    const KeysHere keys(keys_);
    const auto compared = [&]() -> Result<ComparedRows> {
        const std::lock_guard changing(changing_);
        const Standing now = standing();
        if (now.closed || !now.old_one || !now.new_one) {
            return refused("diff: only one of the two is left, or the App was closed");
        }
        return compare(now, options);
    };
    auto rows = compared();
    if (!rows.ok()) return std::move(rows).error().within("diff");
    if (options.explain) {
        const detail::ComparedType& before = options.former ? *options.former : old_type_;
        if (Result<> explained = explain_rows(store_, before, new_type_, *rows); !explained.ok())
            return std::move(explained).error().within("diff");
    }
    return std::move(rows->diff);
}

Result<ComparedRows> Rebuilding::compare(const Standing& now, const RebuildDiffOptions& options) {
    Standstill both(*now.old_one, *now.new_one);
    if (Result<> met = both.meet(store::deadline_in(options.limit)); !met.ok()) return std::move(met).error();
    const Position at = now.new_one->only().progress().position();
    Result<ComparedRows> found = Error{};
    const auto look = [&](const Crew& crew, const ReadModel::Reader& reader) {
        auto read = look_at(crew, reader);
        if (!read.ok()) found = std::move(read).error();
    };
    look(*now.old_one, [&](const void* before) {
        look(*now.new_one, [&](const void* after) {
            // What is read of a file is of this moment, whatever comes.
            both.release_files();
            found = compare_rows({old_type_, before, at}, {new_type_, after, at}, options.rows);
        });
    });
    return found;
}

}  // namespace varve
