/// The thread of one projection: events from the log into its rows, batch by batch.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "model/progress.hpp"
#include "model/read_model.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/detail/seal.hpp"
#include "varve/store.hpp"

namespace varve {

/// A batch ends when everything committed is in it, with this many events, or when the read model's time for it is up.
inline constexpr std::size_t batch_events = 65'536;

/// Runs from its construction to its destruction (or stop), or until an event or the place fails.
class Worker {
public:
    Worker(const detail::ProjectionType& type, std::unique_ptr<ReadModel> model, const Store& store);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Ends after the batch at hand, and waits for that. Idempotent; one thread at a time.
    void stop();

    [[nodiscard]] const detail::ProjectionType& type() const { return type_; }
    [[nodiscard]] const ProjectionProgress& progress() const { return progress_; }
    [[nodiscard]] ReadModel& model() { return *model_; }
    [[nodiscard]] ProjectionStatus status() const;

private:
    void run();
    /// Waits for an event, then takes all there is, up to the bounds of a batch.
    Result<> take_batch();
    Result<> apply(const detail::Step& step, const Event& event);
    Result<> close_batch(bool open);
    void measure(std::size_t events, std::chrono::duration<double> busy);

    const detail::ProjectionType& type_;
    std::unique_ptr<ReadModel> model_;
    Store store_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever starts it
    std::optional<Subscription> events_;
    ProjectionProgress progress_;
    Position position_;           ///< the worker's own: the events below it are applied, committed or not
    double measured_events_ = 0;  ///< both decay: the last second of work weighs most
    std::chrono::duration<double> measured_time_{};
    std::jthread thread_;
};

}  // namespace varve
