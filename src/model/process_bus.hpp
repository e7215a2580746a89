/// All processes of an App, and its scheduled commands.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "model/process_worker.hpp"
#include "model/scheduler.hpp"

namespace varve {

class ProcessBus {
public:
    ProcessBus(const Store& store, CommandBus& commands, std::shared_ptr<detail::Sealer> keys,
               std::shared_ptr<Clock> clock, bool with_threads);
    ~ProcessBus();

    Result<> run(const detail::ProcessType& type);
    [[nodiscard]] std::vector<ProcessStatus> statuses() const;
    void add_stored(std::vector<detail::StoredNames>& readers) const;
    /// A command has a handler from now on: what waits for one is tried, and what was scheduled earlier is followed.
    void handler_added();

    Result<Scheduled> schedule(std::string_view command, Result<std::string> data, Timestamp due,
                               const CommandOptions& options);
    Result<> unschedule(const std::string& id);

    [[nodiscard]] bool runs(std::string_view process) const { return find(process) != nullptr; }
    Result<> retry(std::string_view process, const std::string& key);
    Result<> rehear(std::string_view process, Position position);
    /// Waits until nobody has anything to do at this moment; without threads it does what there is to do.
    Result<> settle(std::chrono::milliseconds limit);
    /// This thread is inside of a handler, whose end `stop` would wait for.
    [[nodiscard]] bool busy_here() const;
    void stop();

    [[nodiscard]] Clock& clock() const { return *clock_; }

private:
    [[nodiscard]] std::vector<std::shared_ptr<ProcessWorker>> workers() const;
    [[nodiscard]] std::shared_ptr<ProcessWorker> find(std::string_view process) const;
    std::shared_ptr<ProcessWorker> start(const detail::ProcessType& type);
    void follow_schedule();
    [[nodiscard]] bool idle() const;

    Store store_;
    CommandBus& commands_;
    std::shared_ptr<detail::Sealer> keys_;
    std::shared_ptr<Clock> clock_;
    bool with_threads_;
    mutable std::shared_mutex mutex_;  ///< guards the next three
    std::vector<std::shared_ptr<ProcessWorker>> workers_;
    std::vector<ProcessStatus> mistakes_;
    bool follows_schedule_ = false, stopped_ = false;
    std::mutex settled_;
    std::condition_variable change_;
};

}  // namespace varve
