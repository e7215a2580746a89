#include "engine/writer.hpp"

#include <algorithm>
#include <thread>
#include <utility>
#include <variant>

#include "engine/index_search.hpp"
#include "varve/limits.hpp"

namespace varve::engine {
namespace {

/// After a group of several, its callers come back within microseconds: giving them so many turns of the processor
/// before the next group is closed makes groups whole instead of one and the rest.
constexpr int gather_turns = 16;
/// The same in time: on a busy machine a single turn may take long, and then waiting on costs more than it brings.
constexpr std::chrono::microseconds gather_time{100};

/// Whose completions this thread runs, if any: it must not wait for what only it can bring about.
thread_local const Writer* completing_of = nullptr;

}  // namespace

Writer::Writer(const io::Environment& environment, std::shared_ptr<log::Log> log, std::uint64_t epoch,
               std::shared_ptr<Catalog> catalog, Durability durability, std::function<void(Position)> committed,
               std::unique_ptr<Originals> originals, const Sizes& sizes)
    : clock_(environment.clock),
      log_(std::move(log)),
      epoch_(epoch),
      catalog_(std::move(catalog)),
      durability_(durability),
      committed_(std::move(committed)),
      index_lag_max_(sizes.index_lag_max),
      originals_(std::move(originals)),
      next_(log_->head().next) {
    task_ = environment.executor->start("varve-commit", std::chrono::milliseconds(0), [this] { run_commit_task(); });
}

Writer::~Writer() {
    close();
}

bool Writer::completing() const {
    return completing_of == this;
}

Result<Receipt> Writer::append(Commit commit, const AppendOptions& options) {
    if (completing()) {
        return Error{Code::failed_precondition,
                     "a completion cannot append to its own store and wait: give that append a completion too"};
    }
    Request request(std::move(commit));
    originals_->prepare(request);
    Lock lock(mutex_);
    auto admitted = admit(lock, request, options);
    if (!admitted) return std::move(admitted).error();
    return outcome(lock, *admitted, request);
}

Result<std::optional<Receipt>> Writer::find_command(std::string_view command_id) {
    if (completing()) {
        return Error{Code::failed_precondition,
                     "a completion cannot wait for a command of its own store: ask elsewhere"};
    }
    Commit commit;
    commit.command_id = command_id;
    Request request(std::move(commit));
    Lock lock(mutex_);
    for (;;) {
        if (closed_) return Error{Code::failed_precondition, "the store is closed; open it again"};
        if (poison_) return *poison_;
        const auto found = originals_->examine(request, pending());
        if (!found) return found.error();
        if (*found == Finding::fresh) return std::optional<Receipt>();
        if (*found == Finding::answered) break;
        if (auto looked = look(lock, request); !looked) return std::move(looked).error();
    }
    auto receipt = outcome(lock, open_, request);
    if (!receipt) return std::move(receipt).error();
    return std::optional(*std::move(receipt));
}

void Writer::remember() {
    // What cannot be read is told to the commits that need it.
    if (!originals_->build()) return;
    const Lock lock(mutex_);
    originals_->adopt(pending());
}

Result<Receipt> Writer::outcome(Lock& lock, const std::shared_ptr<Group>& open, Request& request) {
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): `open` may be open_, which lead() replaces
    const std::shared_ptr<Group> group = open;
    ++group->waiters;
    if (leader_ == Leader::nobody) {
        leader_ = Leader::caller;
        lead(lock);
        hand_over();
    }
    lock.unlock();

    group->done.wait(0, std::memory_order_acquire);
    if (group->failure) return *group->failure;
    if (request.refusal) return *std::move(request.refusal);
    return finished(std::move(request.receipt), request.original, *group, durability_);
}

void Writer::append(Commit commit, const AppendOptions& options, Completion done) {
    Request request(std::move(commit));
    originals_->prepare(request);
    Lock lock(mutex_);
    auto admitted = admit(lock, request, options);
    if (!admitted) {
        lock.unlock();
        done(std::move(admitted).error());
        return;
    }
    (*admitted)->pipelined.push_back({.receipt = std::move(request.receipt),
                                      .original = std::move(request.original),
                                      .refusal = std::move(request.refusal),
                                      .done = std::move(done)});
    if (leader_ == Leader::nobody) hand_over();
}

Result<std::shared_ptr<Group>> Writer::admit(Lock& lock, Request& request, const AppendOptions& options) {
    originals_->expect(request);
    for (;;) {
        if (auto room = wait_for_room(lock, request, options); !room) return std::move(room).error();
        Finding found = Finding::fresh;
        {
            StreamTable::Visit table(catalog_->table());
            if (find(table, request) && catalog_->terms().decide(request.queries)) {
                request.refusal = check(request, known_);
                request.truncated = truncated(request, known_);
                const auto examined = originals_->examine(request, pending());
                if (!examined) return examined.error();
                found = *examined;
                if (found == Finding::fresh && !request.refusal) {
                    place(request, table);
                    originals_->placed(request);
                }
                if (found != Finding::look) return open_;
            }
        }
        auto learned = found == Finding::look ? look(lock, request) : load(lock, request);
        if (!learned) return std::move(learned).error();
    }
}

Result<> Writer::look(Lock& lock, Request& request) {
    // What is not written yet may never be, and then breaks no condition.
    for (QueryCheck& query : request.queries) {
        if (query.found && *query.found >= pending().first()) query.found.reset();
    }
    lock.unlock();
    auto looked = originals_->look(request);
    lock.lock();
    return looked;
}

Result<> Writer::wait_for_room(Lock& lock, const Request& request, const AppendOptions& options) {
    for (;;) {
        if (closed_) return Error{Code::failed_precondition, "the store is closed; open it again to append"};
        if (poison_) return *poison_;
        if (has_room(request)) return {};
        if (index_lags() && !indexed_) return indexed_;
        if (options.when_full == WhenFull::refuse || completing()) {
            return Error{Code::resource_exhausted,
                         "the append queue is full (" + std::to_string(limits::queued_bytes) +
                             " bytes wait for the disk); nothing was written: slow down and append again"};
        }
        room_.wait(lock);
    }
}

bool Writer::index_lags() const {
    return next_ - catalog_->watermark() > index_lag_max_;
}

bool Writer::has_room(const Request& request) const {
    if (index_lags()) return false;
    return open_->payload.empty() || open_->payload.size() + request.encoded.bytes.size() <= limits::queued_bytes;
}

bool Writer::find(StreamTable::Visit& table, const Request& request) {
    known_.parts.clear();
    known_.conditions.clear();
    known_.subjects.clear();
    for (const Request::Part& part : request.parts) {
        known_.parts.push_back(table.find(part.stream));
        if (known_.parts.back() == nullptr) return false;
    }
    for (const Condition& condition : request.commit.conditions) {
        const auto* stream_is = std::get_if<StreamIs>(&condition);
        const bool of_part = stream_is != nullptr && stream_is->stream == request.parts.front().stream;
        known_.conditions.push_back(stream_is == nullptr ? nullptr
                                    : of_part            ? known_.parts.front()
                                                         : table.find(stream_is->stream));
        if (stream_is != nullptr && known_.conditions.back() == nullptr) return false;
    }
    for (const Request::Settings& settings : request.settings) {
        known_.subjects.push_back(table.find(settings.subject));
        if (known_.subjects.back() == nullptr) return false;
    }
    return true;
}

Result<> Writer::load(Lock& lock, Request& request) {
    lock.unlock();  // the index may have to read the disk: nobody else waits for that
    Result<> loaded;
    const auto load = [&](std::string_view stream) {
        if (!loaded) return;
        if (auto head = catalog_->head(stream); !head) loaded = std::move(head).error();
    };
    for (const Request::Part& part : request.parts) load(part.stream);
    for (const Request::Settings& settings : request.settings) load(settings.subject);
    for (const Condition& condition : request.commit.conditions) {
        if (const auto* stream_is = std::get_if<StreamIs>(&condition)) load(stream_is->stream);
    }
    if (loaded) loaded = search_index(*catalog_, request.queries);
    lock.lock();
    return loaded;
}

void Writer::place(Request& request, StreamTable::Visit& table) {
    std::vector<Revision>& next = known_.next;
    next.clear();
    for (std::size_t i = 0; i < request.parts.size(); ++i) {
        const StreamHead& head = known_.parts[i]->head;
        next.push_back(head.last ? *head.last + 1 : Revision{0});
        request.receipt.streams[i].last = next.back() + (request.parts[i].events - 1);
    }

    Group& group = *open_;
    const auto events = static_cast<std::uint32_t>(request.encoded.records.size());
    const auto start = static_cast<std::uint32_t>(log::frame_header_bytes + group.payload.size());
    char* const bytes = request.encoded.bytes.data();
    for (std::uint32_t i = 0; i < events; ++i) {
        const std::uint32_t part = request.part_of.empty() ? 0 : request.part_of[i];
        const std::uint32_t record = request.encoded.records[i];
        log::stamp(bytes + record, next_ + i, next[part], start + record);
        if (!request.part_of.empty()) table.add(*known_.parts[part], next[part], next_ + i, 1);
        ++next[part];
    }
    if (request.part_of.empty()) table.add(*known_.parts[0], next[0] - events, next_, events);
    rule(request, table, known_, next_);
    catalog_->terms().add(request.terms, next_);

    if (group.payload.empty()) {
        group.first = next_;
        group.payload = std::move(request.encoded.bytes);
    } else {
        group.payload += request.encoded.bytes;
    }
    group.events += events;
    ++group.commits;
    group.settings = group.settings || !request.settings.empty();
    request.receipt.first = next_;
    request.receipt.last = next_ + (events - 1);
    next_ = next_ + events;
}

void Writer::lead(Lock& lock) {
    const std::shared_ptr<Group> group = std::exchange(open_, std::make_shared<Group>());
    writing_ = group;
    room_.notify_all();
    lock.unlock();
    const Result<> written = group->events > 0 ? write(*group) : Result<>();
    lock.lock();
    settle(lock, *group, written);
}

Result<> Writer::write(Group& group) {
    const log::Head head = log_->head();
    group.time = std::max(clock_->now(), head.time);
    const log::Block block = log::make_block(head, epoch_, group.time, group.events, group.commits, group.payload);
    return log_->compare_and_append(block);
}

void Writer::settle(Lock& lock, Group& group, const Result<>& written) {
    std::shared_ptr<Group> stranded;
    writing_.reset();
    if (written) {
        if (group.events > 0) committed_(log_->head().next);
        if (group.settings) settings_written_.fetch_add(1, std::memory_order_release);
    } else {
        // What was admitted meanwhile stands on positions that were never written: it fails for the same reason.
        group.failure = written.error();
        stranded = std::exchange(open_, std::make_shared<Group>());
        stranded->failure = written.error();
        if (written.error().code == Code::resource_exhausted) {
            next_ = log_->head().next;
            catalog_->truncate(next_);
            originals_->forget(*stranded);
            originals_->forget(group);
        } else {
            poison_ = written.error();
        }
        room_.notify_all();
    }
    lock.unlock();
    finish(group);
    if (stranded != nullptr) finish(*stranded);
    lock.lock();
}

void Writer::finish(Group& group) {
    const Writer* const outer = std::exchange(completing_of, this);
    for (Group::Pipelined& member : group.pipelined) {
        if (group.failure) {
            member.done(*group.failure);
        } else if (member.refusal) {
            member.done(*std::move(member.refusal));
        } else {
            member.done(finished(std::move(member.receipt), member.original, group, durability_));
        }
    }
    completing_of = outer;
    group.done.store(1, std::memory_order_release);
    group.done.notify_all();
}

void Writer::hand_over() {
    if (open_->members() > 0) {
        leader_ = Leader::task;
        task_->wake();
    } else {
        leader_ = Leader::nobody;
        quiet_.notify_all();
    }
}

void Writer::run_commit_task() {
    Lock lock(mutex_);
    while (leader_ == Leader::task) {
        const std::size_t members = open_->members();
        if (members == 0) {
            leader_ = Leader::nobody;
            quiet_.notify_all();
            return;
        }
        lead(lock);
        const auto until = clock_->steady_now() + gather_time;
        for (int turn = 0; turn < gather_turns && open_->members() < members && clock_->steady_now() < until; ++turn) {
            lock.unlock();
            std::this_thread::yield();
            lock.lock();
        }
    }
}

void Writer::index_moved(const Result<>& outcome) {
    const std::lock_guard lock(mutex_);
    indexed_ = outcome;
    room_.notify_all();
}

void Writer::close() {
    originals_->stop();
    Lock lock(mutex_);
    closed_ = true;
    room_.notify_all();
    quiet_.wait(lock, [this] { return leader_ == Leader::nobody && open_->members() == 0; });
}

}  // namespace varve::engine
