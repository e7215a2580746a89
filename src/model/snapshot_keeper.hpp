/// Begins folds at snapshots, and keeps states whose fold has cost enough. Never in the way of an answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "model/fold.hpp"
#include "model/key_store.hpp"
#include "model/loaded_code.hpp"
#include "model/snapshot_file.hpp"
#include "varve/detail/step.hpp"
#include "varve/snapshots.hpp"
#include "varve/store.hpp"

namespace varve {

/// Any thread. Has a thread of its own, which opens the file and writes.
class SnapshotKeeper {
public:
    /// Waits a moment until the file is open; longer than that, snapshots come later.
    SnapshotKeeper(const Snapshots& options, const Store& store, std::shared_ptr<KeyStore> keys);
    SnapshotKeeper(const SnapshotKeeper&) = delete;
    SnapshotKeeper& operator=(const SnapshotKeeper&) = delete;
    /// Writes what waits.
    ~SnapshotKeeper();

    /// As varve::fold of a fresh state, for a selection that begins at the first event of the entity's facts; `stream`: its
    /// own, where the facts lie, if they are no query.
    Result<> fold(const detail::StateType& type, const std::string& stream, Selection selection, void* state,
                  Reached& reached);

    [[nodiscard]] SnapshotStatus status() const;
    /// Writes what waits, and nothing from now on. Idempotent; a second thread waits for the first.
    void stop();

private:
    using Clock = std::chrono::steady_clock;

    /// To be written; without a state: all of the entity is to be dropped.
    struct Job {
        SnapshotKey key;
        const detail::StateForm* form = nullptr;
        std::shared_ptr<void> state = {};
        Reached reached = {};
    };

    /// Nothing: the state is never kept. Asked before the fold.
    std::optional<SnapshotKey> key_of(const detail::StateType& type, const std::string& stream, const Source& facts);
    /// What must not have changed since a state was folded from what a query finds: the query, and what is gone. Nothing: the
    /// engine does not say what is.
    [[nodiscard]] std::optional<std::string> basis_of(const Query& facts) const;
    /// How many subjects are forgotten, and their keys gone.
    [[nodiscard]] std::uint64_t forgotten() const;
    /// Fills state and `reached` from the newest snapshot that can be believed, if there is one.
    void begin(const detail::StateType& type, const SnapshotKey& key, const Selection& selection, void* state,
               Reached& reached);
    [[nodiscard]] std::optional<Snapshot> find(const SnapshotKey& key, const Selection& selection);
    /// Whether this very history leads to the snapshot, and nothing of it is gone.
    [[nodiscard]] bool believed(const Source& facts, const Snapshot& snapshot) const;
    /// Of a query: its basis, a part of the key, tells.
    [[nodiscard]] bool is_whole(const Source& facts) const;
    void offer(const detail::StateType& type, const SnapshotKey& key, const Source& facts, const void* state,
               const Reached& reached, Clock::duration took);
    void push(Job job);
    void work();
    void write(const Job& job);
    void open_file();
    void count(std::uint64_t SnapshotStatus::* number);
    void fail(const Error& error);

    const Snapshots options_;
    const Store store_;
    const std::shared_ptr<KeyStore> keys_;
    const LoadedCode code_;
    mutable std::mutex mutex_;  ///< guards all below but the file
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    bool writing_ = false;
    bool opened_ = false;  ///< or tried to
    bool stopping_ = false;
    SnapshotStatus status_;
    std::chrono::nanoseconds read_cost_{};                          ///< of one snapshot, as of late
    std::map<const detail::StateType*, std::string> fingerprints_;  ///< empty: never kept
    std::mutex file_mutex_;  ///< held to look for a snapshot, and by the thread to exchange the file
    std::unique_ptr<SnapshotFile> file_;
    std::mutex joining_;  ///< held by who ends the thread
    std::jthread thread_;
};

/// Folds one entity, that of the stream, from its first event on; `keeper` may be nullptr.
[[nodiscard]] Result<> fold_entity(const Store& store, SnapshotKeeper* keeper, const detail::StateType& type,
                                   const std::string& stream, const Selection& selection, void* state,
                                   Reached& reached);

}  // namespace varve
