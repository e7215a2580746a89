#include "model/snapshot_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "base/hash.hpp"
#include "model/fingerprint.hpp"
#include "model/guard.hpp"

namespace varve {

namespace {

/// So long the App waits for its file to be opened before it goes on without.
constexpr std::chrono::milliseconds opening_max{200};

bool is_query(const Source& facts) {
    return std::holds_alternative<Query>(facts);
}

/// What snapshots must be at or below. Nothing: no event is old enough.
struct Bounds {
    Revision revision{std::numeric_limits<std::uint64_t>::max()};
    Position position{std::numeric_limits<std::uint64_t>::max()};
};
std::optional<Bounds> bounds_of(const Store& store, const Selection& selection) {
    Bounds bounds;
    if (selection.until_revision) bounds.revision = *selection.until_revision;
    if (selection.until) bounds.position = *selection.until;
    if (selection.as_of) {
        const auto end = store.position_at(*selection.as_of);
        if (!end.ok() || *end == Position{0}) return {};
        bounds.position = std::min(bounds.position, *end - 1);
    }
    return bounds;
}

}  // namespace

Result<> fold_entity(const Store& store, SnapshotKeeper* keeper, const detail::StateType& type,
                     const std::string& stream, const Selection& selection, void* state, Reached& reached) {
    if (keeper == nullptr) return fold(store, type, selection, state, reached);
    return keeper->fold(type, stream, selection, state, reached);
}

SnapshotKeeper::SnapshotKeeper(const Snapshots& options, const Store& store, std::shared_ptr<KeyStore> keys)
    : options_(options), store_(store), keys_(std::move(keys)) {
    status_.path = options.path;
    thread_ = std::jthread([this] { work(); });
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, opening_max, [this] { return opened_; });
}

SnapshotKeeper::~SnapshotKeeper() {
    stop();
}

void SnapshotKeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    const std::lock_guard joining(joining_);
    if (thread_.joinable()) thread_.join();
}

SnapshotStatus SnapshotKeeper::status() const {
    const std::lock_guard lock(mutex_);
    SnapshotStatus status = status_;
    status.waiting = jobs_.size() + (writing_ ? 1 : 0);
    return status;
}

void SnapshotKeeper::count(std::uint64_t SnapshotStatus::* number) {
    const std::lock_guard lock(mutex_);
    ++(status_.*number);
}

void SnapshotKeeper::fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    status_.error = error;
}

Result<> SnapshotKeeper::fold(const detail::StateType& type, const std::string& stream, Selection selection,
                              void* state, Reached& reached) {
    const auto key = key_of(type, stream, selection.source);
    if (!key) return varve::fold(store_, type, selection, state, reached);
    begin(type, *key, selection, state, reached);
    if (is_query(selection.source)) {
        if (reached.position) selection.from = *reached.position + 1;
    } else if (reached.revision) {
        selection.from_revision = *reached.revision + 1;
    }
    const Clock::time_point begun = Clock::now();
    Result<> folded = varve::fold(store_, type, selection, state, reached);
    if (folded.ok()) offer(type, *key, selection.source, state, reached, Clock::now() - begun);
    return folded;
}

std::optional<SnapshotKey> SnapshotKeeper::key_of(const detail::StateType& type, const std::string& stream,
                                                  const Source& facts) {
    std::string basis;
    if (const auto* query = std::get_if<Query>(&facts)) {
        auto found = basis_of(*query);
        if (!found) return {};
        basis = std::move(*found);
    }
    const std::lock_guard lock(mutex_);
    auto known = fingerprints_.find(&type);
    if (known == fingerprints_.end()) {
        auto made = fingerprint_of(type, code_);
        if (!made.ok()) status_.without.push_back(fmt::format("{}: {}", type.name, made.error().message));
        known = fingerprints_.emplace(&type, made.ok() ? std::move(*made) : std::string()).first;
    }
    if (known->second.empty()) return {};
    SnapshotKey key{std::string(type.name), stream, known->second + basis};
    // What evolve has made of a personal value is another thing once that is gone.
    if (type.form->personal) key.fingerprint += fmt::format(" {}", forgotten());
    return key;
}

std::optional<std::string> SnapshotKeeper::basis_of(const Query& facts) const {
    const auto removals = store_.removals();
    if (!removals) return {};
    std::string text;
    for (const Query::Item& item : facts.items) {
        text += fmt::format("{} {}\n", item.types.size(), item.tags.size());
        for (const std::string& type : item.types) text += fmt::format("{} {}\n", type.size(), type);
        for (const std::string& tag : item.tags) text += fmt::format("{} {}\n", tag.size(), tag);
    }
    return fmt::format(" of {} without {}", to_hex(xxh3_128(text)), removals->missing);
}

std::uint64_t SnapshotKeeper::forgotten() const {
    return keys_ != nullptr ? keys_->counts().forgotten : 0;
}

void SnapshotKeeper::begin(const detail::StateType& type, const SnapshotKey& key, const Selection& selection,
                           void* state, Reached& reached) {
    const Clock::time_point begun = Clock::now();
    const auto snapshot = find(key, selection);
    if (!snapshot) return count(&SnapshotStatus::missed);
    if (!is_whole(selection.source)) return count(&SnapshotStatus::missed);
    const auto read = [&] { return detail::read_whole(type.form->stored, state, snapshot->data); };
    const auto where = [&] {
        return fmt::format("the snapshot of {} at {} {}", key.stream,
                           is_query(selection.source) ? "position" : "revision", snapshot->revision.value);
    };
    const Result<> good = believed(selection.source, *snapshot)
                              ? guarded(read, where)
                              : Result<>(Error{.code = Code::data_loss, .message = where() + " is of another history"});
    if (!good.ok()) {
        type.form->clear(state);
        fail(Error(good.error()).within(where()));
        count(&SnapshotStatus::refused);
        return push({.key = key});
    }
    reached = {snapshot->revision, snapshot->position, snapshot->event};
    const std::lock_guard lock(mutex_);
    ++status_.used;
    read_cost_ += (Clock::now() - begun - read_cost_) / 8;
}

std::optional<Snapshot> SnapshotKeeper::find(const SnapshotKey& key, const Selection& selection) {
    const auto bounds = bounds_of(store_, selection);
    if (!bounds) return {};
    try {
        const std::lock_guard lock(file_mutex_);
        if (file_ == nullptr || file_->gone()) return {};
        return file_->find(key, bounds->revision, bounds->position);
    } catch (const Failure& failure) {
        fail(failure.error());
        if (failure.error().code == Code::data_loss) {
            count(&SnapshotStatus::refused);
            push({.key = key});
        }
        return {};
    }
}

bool SnapshotKeeper::is_whole(const Source& facts) const {
    const auto* stream = std::get_if<Stream>(&facts);
    if (stream == nullptr) return true;
    const auto standing = store_.retention(stream->name);
    return standing.ok() && standing->state == StreamState::live && standing->first == Revision{0} &&
           standing->keeps == Retention{};
}

bool SnapshotKeeper::believed(const Source& facts, const Snapshot& snapshot) const {
    Selection last{.source = facts};
    if (is_query(facts)) {
        last.from = last.until = snapshot.position;
    } else {
        last.from_revision = last.until_revision = snapshot.revision;
    }
    auto cursor = store_.read(last);
    if (!cursor.ok()) return false;
    const Event* event = cursor->next();
    return event != nullptr && event->id == snapshot.event && event->position == snapshot.position;
}

void SnapshotKeeper::offer(const detail::StateType& type, const SnapshotKey& key, const Source& facts,
                           const void* state, const Reached& reached, Clock::duration took) {
    if (!reached.revision || !reached.position || took < options_.worth) return;
    {
        const std::lock_guard lock(mutex_);
        if (options_.worth > options_.worth.zero() && took < 2 * read_cost_) return;
        const auto waiting = [&](const Job& job) { return job.key.stream == key.stream && job.key.state == key.state; };
        if (stopping_ || std::ranges::any_of(jobs_, waiting)) return;
        if (jobs_.size() >= options_.queued) {
            ++status_.dropped;
            return;
        }
    }
    if (!is_whole(facts)) return;
    // What was removed while it was folded, it may still know.
    if (is_query(facts) && key_of(type, key.stream, facts)->fingerprint != key.fingerprint) return;
    Job job{key, type.form, {}, reached};
    // Its events are of many streams: their only order is that of their positions.
    if (is_query(facts)) job.reached.revision = Revision{reached.position->value};
    const Result<> copied = guarded(
        [&]() -> Result<> {
            job.state = type.form->copy(state);
            return {};
        },
        [&] { return fmt::format("copying {}", type.name); });
    if (!copied.ok()) return fail(copied.error());
    push(std::move(job));
}

void SnapshotKeeper::push(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (jobs_.size() < options_.queued) jobs_.push_back(std::move(job));
    }
    changed_.notify_all();
}

void SnapshotKeeper::work() {
    const KeysHere keys(keys_);
    open_file();
    std::unique_lock lock(mutex_);
    opened_ = true;
    changed_.notify_all();
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        const Job job = std::move(jobs_.front());
        jobs_.pop_front();
        writing_ = true;
        lock.unlock();
        write(job);
        lock.lock();
        writing_ = false;
    }
}

void SnapshotKeeper::open_file() {
    std::unique_ptr<SnapshotFile> opened;
    const Result<> done = guarded_with_tables(
        [&]() -> Result<> {
            const auto info = store_.info();
            if (!info.ok()) return info.error();
            opened = std::make_unique<SnapshotFile>(options_, info->id);
            return {};
        },
        [] { return std::string("snapshots cannot be used"); });
    if (!done.ok()) fail(done.error());
    const std::lock_guard lock(file_mutex_);
    file_ = std::move(opened);
}

void SnapshotKeeper::write(const Job& job) {
    if (file_ == nullptr || file_->gone()) open_file();
    if (file_ == nullptr) return;
    const Result<> done = guarded_with_tables(
        [&]() -> Result<> {
            if (job.state == nullptr) {
                file_->drop(job.key);
                return {};
            }
            auto data = detail::write_whole(job.form->stored, job.state.get());
            if (!data.ok()) return std::move(data).error();
            file_->put(job.key, {*job.reached.revision, *job.reached.position, job.reached.event, std::move(*data)});
            count(&SnapshotStatus::written);
            return {};
        },
        [&] { return fmt::format("the snapshot of {} was not written", job.key.stream); });
    if (done.ok()) return;
    fail(done.error());
}

}  // namespace varve
