#include "model/rebuilding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "model/at_work.hpp"
#include "model/rebuild_effects.hpp"
#include "model/rebuild_exchange.hpp"
#include "model/standstill.hpp"
#include "store/deadline.hpp"

namespace varve {

namespace {

/// Seconds.
constexpr double longest_told = 1e9;
/// So long an answer may take that was begun before its read model was replaced.
constexpr std::chrono::seconds answers_end{10};

Error refused(std::string message) {
    return Error{.code = Code::failed_precondition, .message = std::move(message)};
}

Error too_far(const Crew& crew, Position wanted) {
    const Position at = crew.position();
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

/// What a crew has heard, for the outboxes of the other one, which it may not outlive.
Outbox::Heard heard_by(const std::shared_ptr<Crew>& crew) {
    return [weak = std::weak_ptr<Crew>(crew)] {
        const auto there = weak.lock();
        return there ? there->position() : Position{std::numeric_limits<std::uint64_t>::max()};
    };
}

/// The rows of all partitions come this far, by whoever does it.
Result<> bring(const Crew& crew, Position target, Deadline deadline) {
    for (const auto& worker : crew.workers()) {
        const auto waited = worker->bring(target, deadline);
        if (waited == ProjectionProgress::Waited::late) return too_far(crew, target);
        if (waited == ProjectionProgress::Waited::reached) continue;
        if (auto error = crew.error()) return std::move(*error);
        return refused("the App was closed");
    }
    return {};
}

/// A thread follows the log for it meanwhile.
class Following {
public:
    explicit Following(const Crew& crew) : crew_(crew) { crew_.follow(); }
    Following(const Following&) = delete;
    Following& operator=(const Following&) = delete;
    ~Following() { crew_.unfollow(); }

private:
    const Crew& crew_;
};

}  // namespace

Result<std::shared_ptr<Rebuilding>> Rebuilding::begin(std::shared_ptr<QueryPlace> place,
                                                      const detail::ComparedType& old_type,
                                                      const detail::ComparedType& new_type,
                                                      const RebuildOptions& options, const Store& store,
                                                      const std::shared_ptr<const Performers>& performers) {
    auto rebuilding = std::shared_ptr<Rebuilding>(new Rebuilding(std::move(place), old_type, new_type, store));
    if (Result<> opened = rebuilding->open(options, performers); !opened.ok()) {
        return std::move(opened).error().within(fmt::format("rebuild of projection {}", old_type.type->name));
    }
    return rebuilding;
}

Result<> Rebuilding::open(const RebuildOptions& options, const std::shared_ptr<const Performers>& performers) {
    old_ = place_->crew();
    ProjectionOptions fresh = old_->options();
    BesideCrew beside{{}, heard_by(old_)};
    if (options.file) {
        fresh.file = options.file;
    } else if (fresh.file) {
        files_.emplace(*disk_, fresh.file->path, fresh.partitions);
        beside.suffix = RebuildFiles::next_suffix;
    }
    if (fresh.file && !options.resume) {
        if (Result<> prepared = prepare_files(fresh, beside.suffix); !prepared.ok()) return prepared;
    }
    auto crew = Crew::open(*new_type_.type, fresh, store_, &beside);
    if (!crew.ok()) return std::move(crew).error();
    new_ = std::move(*crew);
    new_->perform_effects(performers, true);
    new_->follow();
    return {};
}

Result<> Rebuilding::prepare_files(const ProjectionOptions& fresh, const std::string& suffix) {
    for (const std::string& path : partition_files(fresh.file->path, fresh.partitions)) {
        if (files_) {
            if (Result<> removed = remove_database(*disk_, path + suffix); !removed.ok()) return removed;
            continue;
        }
        const auto there = disk_->exists(path);
        if (!there.ok()) return there.error();
        if (!*there) continue;
        return Error{.code = Code::already_exists,
                     .message = fmt::format(
                         "SQLite file '{}' is there already; delete it, or set resume to go on with it", path)};
    }
    return {};
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
    Standing now = standing();
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

Result<> Rebuilding::check_outside(std::string_view what) const {
    const Standing now = standing();
    for (const auto& crew : {now.old_one, now.new_one}) {
        if (crew && crew->busy_here()) return from_within(what, crew->type().name);
    }
    return {};
}

Result<> Rebuilding::wait(std::chrono::milliseconds limit) {
    const Standing now = standing();
    if (now.closed) return refused("wait: the App was closed");
    if (!now.new_one) return refused("wait: the rebuild was cancelled");
    const Position head = store_.head();
    if (Result<> brought = bring(*now.new_one, head, store::deadline_in(limit)); !brought.ok()) return brought;
    const std::lock_guard lock(mutex_);
    ready_ = true;
    return {};
}

Result<> Rebuilding::cut_over(const CutOverOptions& options) {
    if (Result<> outside = check_outside("cut over"); !outside.ok()) return outside;
    const std::lock_guard changing(changing_);
    auto now = expect(Stage::beside, "cut over");
    if (!now.ok()) return std::move(now).error();
    return put_in_charge(now->new_one, now->old_one, Stage::in_charge, options).within("cut over");
}

Result<> Rebuilding::roll_back(const CutOverOptions& options) {
    if (Result<> outside = check_outside("roll back"); !outside.ok()) return outside;
    const std::lock_guard changing(changing_);
    auto now = expect(Stage::in_charge, "roll back");
    if (!now.ok()) return std::move(now).error();
    return put_in_charge(now->old_one, now->new_one, Stage::beside, options).within("roll back");
}

Result<> Rebuilding::put_in_charge(const std::shared_ptr<Crew>& next, const std::shared_ptr<Crew>& before, Stage stage,
                                   const CutOverOptions& options) {
    // The one that is not in charge has a thread, and nobody else to bring it on.
    before->follow();
    Result<> changed = exchange(next, before, stage, store::deadline_in(options.limit), options);
    (changed.ok() ? next : before)->unfollow();
    return changed;
}

Result<> Rebuilding::exchange(const std::shared_ptr<Crew>& next, const std::shared_ptr<Crew>& before, Stage stage,
                              Deadline deadline, const CutOverOptions& options) {
    if (auto error = next->error()) {
        error->code = Code::failed_precondition;
        return std::move(*error);
    }
    // The one in charge stands still for the last few events only.
    const Position at = before->furthest();
    if (Result<> brought = bring(*next, at, deadline); !brought.ok()) return brought;
    if (Result<> whole = check_whole(*next, *before, options); !whole.ok()) return whole;
    EffectsHandover effects(*next, *before);
    if (Result<> held = effects.hold(deadline); !held.ok()) return held;
    Standstill both(*next, *before);
    if (!before->error()) {
        if (Result<> met = both.meet(deadline); !met.ok()) return met;
    } else {
        for (const auto& worker : next->workers()) {
            if (Result<> held = hold_still(*worker, at, deadline); !held.ok()) return held;
        }
        both.lock();
    }
    Result<> moved = effects.prepare();
    if (moved.ok() && files_) {
        moved = exchange_files(*files_, *next, *before,
                               stage == Stage::in_charge ? RebuildFiles::Way::swap : RebuildFiles::Way::swap_back,
                               deadline);
    }
    if (!moved.ok()) {
        effects.withdraw(heard_by(before));
        return moved;
    }
    place_->replace(next);
    effects.complete(heard_by(next));
    const std::lock_guard lock(mutex_);
    stage_ = stage;
    return {};
}

Result<> Rebuilding::finish() {
    if (Result<> outside = check_outside("finish"); !outside.ok()) return outside;
    const std::lock_guard changing(changing_);
    if (standing().stage == Stage::finished) return {};
    auto now = expect(Stage::in_charge, "finish");
    if (!now.ok()) return std::move(now).error();
    return drop(std::move(now->old_one), Stage::finished);
}

Result<> Rebuilding::cancel() {
    if (Result<> outside = check_outside("cancel"); !outside.ok()) return outside;
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
    // Who came by it while it was in charge may still be reading.
    const Deadline deadline = store::deadline_in(answers_end);
    for (const auto& worker : crew->workers()) {
        if (Result<> retired = worker->model().retire(deadline); !retired.ok()) return retired;
        if (Result<> removed = remove_database(*disk_, worker->model().place()); !removed.ok()) return removed;
    }
    return {};
}

Result<RowDiff> Rebuilding::diff(const RebuildDiffOptions& options) {
    if (auto checked = check_diff_rows(options.rows); !checked.ok()) return std::move(checked).error();
    if (Result<> outside = check_outside("diff"); !outside.ok()) return std::move(outside).error();
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
    const Following old_one(*now.old_one), new_one(*now.new_one);
    Standstill both(*now.old_one, *now.new_one);
    if (Result<> met = both.meet(store::deadline_in(options.limit)); !met.ok()) return std::move(met).error();
    const Position at = now.new_one->position();
    Result<ComparedRows> found = Error{};
    const auto look = [&](const Crew& crew, const PartsReader& reader) {
        Result<> read = look_at(crew, reader);
        if (!read.ok()) found = std::move(read).error();
    };
    look(*now.old_one, [&](std::span<const void* const> before) {
        look(*now.new_one, [&](std::span<const void* const> after) {
            // What is read of a file is of this moment, whatever comes.
            both.release_files();
            found = compare_rows({old_type_, before, at}, {new_type_, after, at}, options.rows);
        });
    });
    return found;
}

}  // namespace varve
