#include "io/simulated.hpp"

#include <algorithm>

namespace varve::io {
namespace {

struct Job {
    std::chrono::milliseconds period;
    std::function<void()> work;
    bool woken = false;
};

}  // namespace

class ManualExecutor::State {
public:
    std::shared_ptr<Job> add(std::chrono::milliseconds period, std::function<void()> work) {
        const std::lock_guard guard(mutex_);
        return jobs_.emplace_back(std::make_shared<Job>(period, std::move(work)));
    }
    void remove(const std::shared_ptr<Job>& job) {
        const std::lock_guard guard(mutex_);
        std::erase(jobs_, job);
    }
    void wake(Job& job) {
        const std::lock_guard guard(mutex_);
        job.woken = true;
    }
    void wake_periodic() {
        const std::lock_guard guard(mutex_);
        for (const auto& job : jobs_) job->woken = job->woken || job->period.count() != 0;
    }
    std::shared_ptr<Job> take_woken() {
        const std::lock_guard guard(mutex_);
        const auto found = std::ranges::find_if(jobs_, [](const auto& job) { return job->woken; });
        if (found == jobs_.end()) return nullptr;
        (*found)->woken = false;
        return *found;
    }

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<Job>> jobs_;
};

namespace {

template <class State>
class ManualTask final : public Task {
public:
    ManualTask(std::shared_ptr<State> state, std::shared_ptr<Job> job)
        : state_(std::move(state)), job_(std::move(job)) {}
    ~ManualTask() override { state_->remove(job_); }
    void wake() override { state_->wake(*job_); }

private:
    std::shared_ptr<State> state_;
    std::shared_ptr<Job> job_;
};

}  // namespace

ManualExecutor::ManualExecutor() : state_(std::make_shared<State>()) {}
ManualExecutor::~ManualExecutor() = default;

std::unique_ptr<Task> ManualExecutor::start(std::string, std::chrono::milliseconds period, std::function<void()> work) {
    return std::make_unique<ManualTask<State>>(state_, state_->add(period, std::move(work)));
}

std::size_t ManualExecutor::run_woken() {
    // A task that wakes itself without end is a fault of the task; the simulation must not hang on it.
    constexpr std::size_t runs_max = 10'000;
    std::size_t runs = 0;
    for (auto job = state_->take_woken(); job && runs < runs_max; job = state_->take_woken(), ++runs) job->work();
    return runs;
}

std::size_t ManualExecutor::run_periodic() {
    state_->wake_periodic();
    return run_woken();
}

}  // namespace varve::io
