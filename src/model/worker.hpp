/// The thread of one projection: events from the log into its rows, batch by batch.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "model/progress.hpp"
#include "model/quarantine.hpp"
#include "model/read_model.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/detail/seal.hpp"
#include "varve/projection_options.hpp"
#include "varve/store.hpp"

namespace varve {

/// A batch ends when everything committed is in it, with this many events, or when the read model's time for it is up.
inline constexpr std::size_t batch_events = 65'536;

/// Runs from its construction to its destruction (or stop), or until it cannot go on. An event that fails is tried again
/// in a batch of its own; then its key is set aside (worker_trouble.cpp).
class Worker {
public:
    Worker(const detail::ProjectionType& type, std::unique_ptr<ReadModel> model, const Store& store,
           const ProjectionOptions& options);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Ends after the batch at hand, and waits for that. Idempotent; one thread at a time.
    void stop();

    [[nodiscard]] const detail::ProjectionType& type() const { return type_; }
    [[nodiscard]] const ProjectionProgress& progress() const { return progress_; }
    [[nodiscard]] ReadModel& model() { return *model_; }
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

    void run();
    /// Waits for an event, then takes all there is, up to the bounds of a batch.
    Result<> take_batch();
    Result<> await();
    Result<> begin(Batch& batch);
    Result<> apply(Batch& batch, const Event& event);
    Result<> call_handler(const detail::Step& step, const Event& event);
    static std::string place_of(const Event& event);
    /// Moves on from the event in hand; false: the batch ends before the next one.
    Result<bool> advance(const Batch& batch, Clock::time_point begun_at);
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
    Result<> retry_event(QuarantinedKey& entry, const detail::Step& step, const Event& event);
    Result<> take_out(const std::string& key);
    void serve_wishes();

    [[nodiscard]] std::string key_of(const Event& event) const { return std::string(event.stream); }

    const detail::ProjectionType& type_;
    std::unique_ptr<ReadModel> model_;
    Store store_;
    const ProjectionOptions options_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever starts it
    ProjectionProgress progress_;
    Quarantine quarantine_;

    std::mutex work_;                       ///< held by whoever changes rows; guards what follows
    Position position_;                     ///< the events below it are applied, committed or not
    const Event* in_hand_ = nullptr;        ///< came from events_, and is not applied
    bool touched_ = false;                  ///< the last event got as far as its handler
    Position alone_from_, alone_until_;     ///< events that get a batch each, because one of them failed
    std::optional<Failed> trying_;          ///< the event that failed last, not set aside yet
    std::uint32_t attempts_ = 0;            ///< of that event
    int refusals_ = 0;                      ///< of the place, since it last took something
    std::optional<Clock::duration> pause_;  ///< before the next batch
    std::optional<Error> broken_;           ///< found by retry: the worker ends with it
    Clock::time_point noted_at_;            ///< when the place last took a note
    double measured_events_ = 0;            ///< both decay: the last second of work weighs most
    std::chrono::duration<double> measured_time_{};

    std::mutex ending_;  ///< guards events_ against being replaced while it is closed, and stopping_
    std::condition_variable ended_;
    bool stopping_ = false;
    std::optional<Subscription> events_;
    std::jthread thread_;
};

}  // namespace varve
