/// The workers of one projection, seen as one: who waits for it, asks it or stops it need not know them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/worker.hpp"
#include "varve/engine.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"
#include "varve/store.hpp"

namespace varve {

/// One question to it.
struct CrewQuestion {
    const detail::QueryStep& step;
    const void* query;
};

/// For one that is built beside another one, which is in charge.
struct BesideCrew {
    std::string suffix;   ///< of the names of its files
    Outbox::Heard heard;  ///< every event below it was heard by the one in charge
};

/// Any thread, but for `stop`.
class Crew {
public:
    /// Opens the places of its rows and starts. `beside`: its effects are held back.
    static Result<std::unique_ptr<Crew>> open(const detail::ProjectionType& type, const ProjectionOptions& options,
                                              const Store& store, const BesideCrew* beside = nullptr);

    [[nodiscard]] const detail::ProjectionType& type() const { return type_; }
    [[nodiscard]] const ProjectionOptions& options() const { return options_; }
    [[nodiscard]] ProjectionStatus status() const;
    /// Every event below it is in the rows of all.
    [[nodiscard]] Position position() const;
    /// That of the partition that is ahead of all others.
    [[nodiscard]] Position furthest() const;
    /// What stopped the first that failed.
    [[nodiscard]] std::optional<Error> error() const;

    /// Waits until the rows reflect what the answer must have seen, or sees to it in this thread.
    [[nodiscard]] Result<> wait_for(const CrewQuestion& question, const After& after, Deadline deadline) const;
    /// `deadline_exceeded`, and how far behind it is.
    [[nodiscard]] Error behind(std::string_view query, const After& after) const;
    /// Asks the rows as they are now, and answers their position; of several partitions, one that holds for all. `answer`
    /// is what the step takes.
    [[nodiscard]] Result<Position> read(const CrewQuestion& question, void* answer) const;
    /// Brings the rows of all to this position, as far as the deadline and they themselves allow.
    void bring(Position target, Deadline deadline) const;

    /// For those who wait for changes: between follow and unfollow a thread sees to them. See ProjectionProgress.
    void follow() const;
    void unfollow() const;
    [[nodiscard]] ProjectionProgress::Waited wait(const CrewQuestion& question, Position target, Deadline deadline,
                                                  const std::atomic<bool>* given_up) const;
    void wake() const;
    using Listeners = std::vector<ProjectionProgress::Listener>;
    [[nodiscard]] Listeners listen(const std::function<void()>& moved) const;
    void unlisten(const Listeners& listeners) const;

    /// Begins to perform effects; until then they are only recorded. Once, before others know of it. `held`: not before
    /// their runners are released.
    void perform_effects(const std::shared_ptr<const Performers>& performers, bool held = false);
    /// Waits until every effect of an event below `end` is performed, or set aside; for that the rows are brought there.
    Result<> settle_effects(Position end, Deadline deadline) const;
    /// Somebody performs what nobody did.
    void wake_effects() const;
    /// Tries one again that was set aside. False: it is none of these.
    Result<bool> retry_effect(std::string_view id) const;

    /// A key in quarantine: apply what it has missed, or go on without that. `not_found`: it is not in quarantine.
    Result<> retry(const std::string& key) const;
    Result<> discard(const std::string& key) const;

    using Workers = std::span<const std::unique_ptr<Worker>>;
    /// Who works, in the order of partitions.
    [[nodiscard]] Workers workers() const { return workers_; }

    /// This thread is inside of a handler, an effect, or an answer from memory.
    [[nodiscard]] bool busy_here() const;
    /// Ends after the batch at hand, and waits for that. Idempotent; one thread at a time, and none that is busy here.
    void stop();

private:
    Crew(const detail::ProjectionType& type, ProjectionOptions options, const Store& store)
        : type_(type), options_(std::move(options)), store_(store) {}

    /// In every partition that has set it aside.
    Result<> with_key(const std::string& key, Result<> (Worker::*act)(const std::string&)) const;
    /// Who answers this one.
    [[nodiscard]] Workers asked(const CrewQuestion& question) const;
    [[nodiscard]] Result<Position> read_one(Worker& worker, const CrewQuestion& question, void* answer) const;

    const detail::ProjectionType& type_;
    ProjectionOptions options_;
    Store store_;
    std::vector<std::unique_ptr<Worker>> workers_;  ///< at least one
};

}  // namespace varve
