#include "simulation/twins.hpp"

#include <algorithm>
#include <vector>

#include "simulation/trace.hpp"

namespace varve::simulation {

struct Job {
    std::string name;
    bool periodic;
    std::function<void()> work;
    bool woken = false;
};

class DrawingExecutor::Jobs {
public:
    std::vector<std::shared_ptr<Job>> all;
};

class DrawingExecutor::Handle final : public io::Task {
public:
    Handle(std::shared_ptr<Jobs> jobs, std::shared_ptr<Job> job) : jobs_(std::move(jobs)), job_(std::move(job)) {}
    ~Handle() override { std::erase(jobs_->all, job_); }
    void wake() override { job_->woken = true; }

private:
    const std::shared_ptr<Jobs> jobs_;
    const std::shared_ptr<Job> job_;
};

DrawingExecutor::DrawingExecutor(std::uint64_t seed) : jobs_(std::make_shared<Jobs>()), dice_(seed) {}
DrawingExecutor::~DrawingExecutor() = default;

std::unique_ptr<io::Task> DrawingExecutor::start(std::string name, std::chrono::milliseconds period,
                                                 std::function<void()> work) {
    auto job =
        std::make_shared<Job>(Job{.name = std::move(name), .periodic = period.count() != 0, .work = std::move(work)});
    jobs_->all.push_back(job);
    return std::make_unique<Handle>(jobs_, std::move(job));
}

bool DrawingExecutor::run_one() {
    std::vector<std::shared_ptr<Job>> woken;
    std::ranges::copy_if(jobs_->all, std::back_inserter(woken),
                         [this](const auto& job) { return job->woken && job->name != held_; });
    if (woken.empty()) return false;
    const auto job = dice_.pick(woken);
    job->woken = false;
    job->work();
    return true;
}

void DrawingExecutor::run_all() {
    constexpr int runs_max = 10'000;
    int runs = 0;
    while (run_one()) require(++runs < runs_max, "background work wakes itself without end");
}

void DrawingExecutor::let_time_pass(bool of_all) {
    for (const auto& job : jobs_->all) {
        if (job->periodic && (of_all || dice_.chance(70))) job->woken = true;
    }
}

}  // namespace varve::simulation
