/// The one writer of a store: admits commits in order and writes them in groups (docs/internals/engine.md).
///
/// Admission happens in the caller's thread, under one short lock: conditions are checked against the heads as all
/// earlier commits leave them, positions and revisions are given, the bytes join the open group. One leader at a
/// time takes the open group, frames it, writes and syncs it, while the next group fills. A lone caller leads its
/// own group (waking another thread costs more than the write); when work is waiting after that, a commit task
/// leads until there is none.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog.hpp"
#include "engine/group.hpp"
#include "engine/inside.hpp"
#include "engine/originals.hpp"
#include "io/environment.hpp"
#include "log/log.hpp"
#include "varve/commit.hpp"

namespace varve::engine {

/// Safe from any thread.
class Writer {
public:
    /// `committed` is called after each group became durable, with the new head, before its callers hear of it.
    /// `epoch`: of this writer's hold on the log; every block carries it.
    Writer(const io::Environment& environment, std::shared_ptr<log::Log> log, std::uint64_t epoch,
           std::shared_ptr<Catalog> catalog, Durability durability, std::function<void(Position head)> committed,
           std::unique_ptr<Originals> originals, const Sizes& sizes = {});
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Result<Receipt> append(Commit commit, const AppendOptions& options);
    void append(Commit commit, const AppendOptions& options, Completion done);

    /// True while the calling thread runs a completion of this writer: it must not wait for what only it can end.
    [[nodiscard]] bool completing() const;
    /// The receipt of the commit that carried this command id, once it is durable; nothing when none is known.
    Result<std::optional<Receipt>> find_command(std::string_view command_id);
    /// Reads the ids of recent events, which commits that may be repeats wait for. In any thread, as a background task.
    void remember();

    /// Groups with settings of streams that became durable so far: counted once readers see them, before callers hear of it.
    [[nodiscard]] std::uint64_t settings_written() const { return settings_written_.load(std::memory_order_acquire); }

    /// Refuses new commits and waits until all admitted ones are written. Idempotent.
    void close();

    /// The index has moved: callers that wait because it lagged too far may go on. Or it could not, and says why:
    /// then they are told instead of waiting.
    void index_moved(const Result<>& outcome = {});

private:
    using Lock = std::unique_lock<std::mutex>;
    enum class Leader : std::uint8_t { nobody, caller, task };

    /// Makes room, checks, places the request in the open group. Answers that group, or why there is no place in one.
    Result<std::shared_ptr<Group>> admit(Lock& lock, Request& request, const AppendOptions& options);
    Result<> wait_for_room(Lock& lock, const Request& request, const AppendOptions& options);
    [[nodiscard]] bool index_lags() const;
    [[nodiscard]] bool has_room(const Request& request) const;
    /// Asks the index what the tables do not know, without the lock.
    Result<> load(Lock& lock, Request& request);
    /// What the table knows of the streams that a request writes and expects something of.
    struct Known {
        std::vector<StreamTable::Entry*> parts;
        std::vector<const StreamTable::Entry*> conditions;  ///< null: a condition on a query
        std::vector<StreamTable::Entry*> subjects;          ///< of the settings
        std::vector<Revision> next;                         ///< of each part, while it is placed
    };
    /// Fills known_; false: a stream is not known.
    [[nodiscard]] bool find(StreamTable::Visit& table, const Request& request);
    [[nodiscard]] static std::optional<Error> check(const Request& request, const Known& known);
    /// What truncation has removed of the stream that the request's locator names.
    [[nodiscard]] static Revision truncated(const Request& request, const Known& known);
    void place(Request& request, StreamTable::Visit& table);
    /// The settings of a request whose events are in the table, the first of them at `first`, are in force.
    static void rule(Request& request, StreamTable::Visit& table, const Known& known, Position first);
    /// Looks for the request's original, giving the lock up meanwhile.
    Result<> look(Lock& lock, Request& request);
    [[nodiscard]] Pending pending() const { return {.writing = writing_, .open = open_.get(), .next = next_}; }
    /// Waits until the group of an admitted request is done.
    Result<Receipt> outcome(Lock& lock, const std::shared_ptr<Group>& group, Request& request);

    /// Writes the open group. Requires the lock and leadership; gives the lock up meanwhile.
    void lead(Lock& lock);
    [[nodiscard]] Result<> write(Group& group);
    void settle(Lock& lock, Group& group, const Result<>& written);
    /// After leading: hands waiting work to the commit task, or leaves leadership free.
    void hand_over();
    void run_commit_task();
    void finish(Group& group);

    const std::shared_ptr<io::Clock> clock_;
    const std::shared_ptr<log::Log> log_;
    const std::uint64_t epoch_;
    const std::shared_ptr<Catalog> catalog_;
    const Durability durability_;
    const std::function<void(Position)> committed_;
    const std::uint64_t index_lag_max_;
    const std::unique_ptr<Originals> originals_;
    std::atomic<std::uint64_t> settings_written_ = 0;

    std::mutex mutex_;
    // Guarded by mutex_:
    std::condition_variable room_;   ///< a group was taken, or the index moved
    std::condition_variable quiet_;  ///< nobody leads
    std::shared_ptr<Group> open_ = std::make_shared<Group>();
    std::shared_ptr<const Group> writing_;  ///< taken by the leader, until it is settled
    Leader leader_ = Leader::nobody;
    Position next_;  ///< position of the next event to be admitted
    bool closed_ = false;
    std::optional<Error> poison_;
    Result<> indexed_;  ///< how the index last moved
    Known known_;       ///< of the request in hand, kept for its memory

    std::unique_ptr<io::Task> task_;
};

}  // namespace varve::engine
