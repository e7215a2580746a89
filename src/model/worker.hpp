/// Events from the log into the rows of one read model, batch by batch: by a thread of its own, or by those who need them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "model/brake.hpp"
#include "model/effect_runner.hpp"
#include "model/progress.hpp"
#include "model/quarantine.hpp"
#include "model/read_model.hpp"
#include "model/turn.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/detail/seal.hpp"
#include "varve/partition.hpp"
#include "varve/projection_options.hpp"
#include "varve/store.hpp"

namespace varve {

/// A batch ends when everything committed is in it, with this many events, or when the read model's time for it is up.
inline constexpr std::size_t batch_events = 65'536;

/// Works until it is stopped, or cannot go on. An event that fails is tried again
/// in a batch of its own; then its key is set aside (worker_trouble.cpp).
class Worker {
public:
    Worker(const detail::ProjectionType& type, const Partition& mine, std::unique_ptr<ReadModel> model,
           const Store& store, const ProjectionOptions& options);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Waits until every event below `target` is in the rows. Where no thread does it, this one applies them, and looks at
    /// the deadline between events; of several that come at once, one does it for all.
    [[nodiscard]] ProjectionProgress::Waited bring(Position target, Deadline deadline);
    /// From now on a thread follows the log, for those who only wait for progress; until as many calls of unfollow. Not where
    /// it is busy here; unfollow from there leaves it following.
    void follow();
    void unfollow();
    /// Begins to perform the effects of what is applied; without it they are only recorded. `held`: not before release.
    /// To be called before anything else.
    void perform_effects(const std::shared_ptr<const Performers>& performers, bool held);
    /// nullptr: it has no effects, or does not perform them.
    [[nodiscard]] EffectRunner* effects() const { return effects_.get(); }

    /// This thread is inside of a handler, an effect, or an answer from memory.
    [[nodiscard]] bool busy_here() const;
    /// Ends after the batch at hand, and waits for that. Idempotent; one thread at a time, and none that is busy here.
    void stop();

    [[nodiscard]] const detail::ProjectionType& type() const { return type_; }
    [[nodiscard]] const ProjectionProgress& progress() const { return progress_; }
    [[nodiscard]] ReadModel& model() { return *model_; }
    [[nodiscard]] Brake& brake() { return brake_; }
    /// Keeps everybody from changing rows; between batches only, so hold the brake first.
    [[nodiscard]] std::unique_lock<std::mutex> lock_rows() { return std::unique_lock(work_); }
    [[nodiscard]] ProjectionStatus status() const;

    /// Applies what a key in quarantine has missed, event by event, then takes it out; or the error of the event that
    /// failed, from which on it stays. Not from a handler.
    Result<> retry(const std::string& key);
    /// Takes it out, without what it has missed.
    Result<> discard(const std::string& key);

private:
    using Clock = std::chrono::steady_clock;

    /// An event that failed, after the event itself is out of reach.
    struct Failed {
        Position position;
        std::string key;
        std::string place;  ///< for people
        Error error;
    };
    struct Batch {
        bool open = false;
        std::size_t taken = 0;
    };

    // worker_thread.cpp
    void begin_thread();
    void end_thread();
    void run();
    /// A batch, what people wish for, and the pause after a failure.
    Result<> work(Deadline wait_until, Deadline deadline);
    void finish(Error error);

    /// Waits for an event, then takes all there is, up to the bounds of a batch and the deadline.
    Result<> take_batch(Deadline wait_until, Deadline deadline);
    /// Until one is there, and the brake is off.
    Result<> await(Deadline deadline);
    /// Do too many effects wait for an event to be applied?
    [[nodiscard]] bool effects_full();
    void wait_for_effects();
    Result<> look_for_event(Deadline deadline);
    Result<> begin(Batch& batch);
    Result<> apply(Batch& batch, const Event& event);
    /// What to do with it; nullptr: nothing, or not here.
    [[nodiscard]] Result<const detail::OnStep*> step_for(const Event& event) const;
    Result<> call_handler(const detail::OnStep& step, const Event& event);
    /// Takes what the handler has added to the effects, and records it if it is wanted.
    Result<> take_effects(Position event, bool wanted);
    static std::string place_of(const Event& event);
    /// Moves on from the event in hand; false: the batch ends before the next one.
    Result<bool> advance(const Batch& batch, Clock::time_point end, bool hurry);
    Result<> close_batch(Batch& batch);
    /// Rows, keys and checkpoint, all together.
    Result<> commit(Position position);
    Result<> note(bool at_once);
    void measure(std::size_t events, std::chrono::duration<double> busy);

    // worker_trouble.cpp
    [[nodiscard]] Failed failed(const Event& event, Error error) const;
    Result<> event_failed(const Batch& batch, Failed failed);
    /// `only`: the event that was alone in the batch.
    Result<> commit_failed(std::optional<Failed> only, Error error);
    Result<> wait_for_place(const Error& error);
    Result<> try_again(Failed failed);
    Result<> set_aside(Failed failed);
    Result<> go_back();
    void set_alone(Position position);
    [[nodiscard]] bool alone(Position position) const { return position >= alone_from_ && position < alone_until_; }

    // worker_retry.cpp
    Result<> check_at_work(const std::string& key) const;
    Result<> retry_missed(QuarantinedKey entry);
    /// A key of the projection's own and a stream may both be in quarantine, and an event in both.
    Result<> check_only_holder(const QuarantinedKey& entry, const Event& event) const;
    Result<> retry_event(QuarantinedKey& entry, const detail::OnStep& step, const Event& event);
    Result<> take_out(const std::string& key);
    void serve_wishes();

    /// What its trouble is blamed on.
    [[nodiscard]] std::string key_of(const Event& event) const { return blamed_key(type_, event, mine_); }
    /// The key that it would be missed by: its stream, where that is in quarantine (some of its events cannot be told a key),
    /// or else key_of.
    [[nodiscard]] std::string holder_of(const Event& event) const;
    /// Where the events are that a key has missed.
    [[nodiscard]] Selection missed_by(const QuarantinedKey& entry) const;

    const detail::ProjectionType& type_;
    std::unique_ptr<ReadModel> model_;
    Store store_;
    const ProjectionOptions options_;
    const Partition mine_;
    const bool keys_by_stream_;                               ///< all of them
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever starts it
    ProjectionProgress progress_;
    Brake brake_;
    Quarantine quarantine_;

    Turn turn_;                            ///< of those who work while there is no thread
    std::atomic<bool> threadless_ = true;  ///< changes within a turn
    std::unique_ptr<EffectRunner> effects_;

    std::mutex work_;                       ///< held by whoever changes rows; guards what follows
    Position position_;                     ///< the events below it are applied, committed or not
    const Event* in_hand_ = nullptr;        ///< came from events_, and is not applied
    bool touched_ = false;                  ///< the last event got as far as its handler
    Position alone_from_, alone_until_;     ///< events that get a batch each, because one of them failed
    std::optional<Failed> trying_;          ///< the event that failed last, not set aside yet
    std::uint32_t attempts_ = 0;            ///< of that event
    int refusals_ = 0;                      ///< of the place, since it last took something
    std::optional<Clock::duration> pause_;  ///< before the next batch
    bool effects_added_ = false;            ///< in the batch at hand
    std::optional<Error> broken_;           ///< found by retry: the worker ends with it
    Clock::time_point noted_at_;            ///< when the place last took a note
    double measured_events_ = 0;            ///< both decay: the last second of work weighs most
    std::chrono::duration<double> measured_time_{};

    std::mutex ending_;  ///< guards events_ against being replaced while it is closed, and stopping_
    std::condition_variable ended_;
    bool stopping_ = false;
    std::optional<Subscription> events_;

    std::mutex following_;  ///< guards what follows
    unsigned followers_ = 0;
    bool stopped_ = false;
    std::jthread thread_;
};

}  // namespace varve
