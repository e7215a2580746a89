#include "net/loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/socket.hpp"
#include "net/timers.hpp"

namespace varve::net {
namespace {

constexpr std::uint64_t wake_mark = ~std::uint64_t{0};

class EpollLoop final : public Loop {
public:
    EpollLoop(Descriptor epoll, Descriptor wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

    void run() override {
        thread_ = std::this_thread::get_id();
        while (!stopping_) turn();
        drop_everything();
        thread_ = std::thread::id();
    }

    void stop() override {
        stopping_ = true;
        wake();
    }

    void post(Task task) override {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return;
            posted_.push_back(std::move(task));
            // Whoever put in the first has woken it, or is the loop, which looks before it sleeps.
            if (posted_.size() > 1 || mine()) return;
        }
        wake();
    }

    [[nodiscard]] bool mine() const override { return thread_.load() == std::this_thread::get_id(); }

    TimerId at(Clock::time_point time, Task task) override { return timers_.add(time, std::move(task)); }
    void cancel(TimerId timer) override { timers_.cancel(timer); }
    void defer(Task task) override { deferred_.push_back(std::move(task)); }

    Result<> watch(int descriptor, bool writing, std::function<void(bool, bool)> ready) override {
        auto watch = std::make_unique<Watch>();
        watch->writing = writing;
        watch->generation = ++generation_;
        watch->ready = std::move(ready);
        if (const int trouble = control(EPOLL_CTL_ADD, descriptor, *watch); trouble != 0) {
            return Error{
                .code = Code::unavailable,
                .message = "cannot wait for descriptor " + std::to_string(descriptor) + ": " + std::strerror(trouble)};
        }
        watches_[descriptor] = std::move(watch);
        return {};
    }

    void want_writing(int descriptor, bool writing) override {
        const auto found = watches_.find(descriptor);
        if (found == watches_.end() || found->second->writing == writing) return;
        found->second->writing = writing;
        (void)control(EPOLL_CTL_MOD, descriptor, *found->second);
    }

    void want_reading(int descriptor, bool reading) override {
        const auto found = watches_.find(descriptor);
        if (found == watches_.end() || found->second->reading == reading) return;
        found->second->reading = reading;
        (void)control(EPOLL_CTL_MOD, descriptor, *found->second);
    }

    void unwatch(int descriptor) override {
        const auto found = watches_.find(descriptor);
        if (found == watches_.end()) return;
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
        // It may be running at this moment.
        unwatched_.push_back(std::move(found->second));
        watches_.erase(found);
    }

private:
    struct Watch {
        /// Tells news of this watch from news of an earlier one on the same number.
        std::uint32_t generation = 0;
        bool reading = true;
        bool writing = false;
        std::function<void(bool, bool)> ready;
    };

    int control(int operation, int descriptor, const Watch& watch) {
        epoll_event event{};
        event.events = (watch.reading ? EPOLLIN : 0U) | (watch.writing ? EPOLLOUT : 0U);
        event.data.u64 = std::uint64_t{watch.generation} << 32 | static_cast<std::uint32_t>(descriptor);
        return ::epoll_ctl(epoll_.get(), operation, descriptor, &event) == 0 ? 0 : errno;
    }

    void wake() {
        const std::uint64_t one = 1;
        // It fails only when the counter is full, and then the loop is awake.
        (void)!::write(wake_.get(), &one, sizeof one);
    }

    void turn() {
        std::array<epoll_event, 256> events;  // NOLINT(cppcoreguidelines-pro-type-member-init): epoll fills it
        const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience());
        for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
        run_posted();
        timers_.run_due(Clock::now());
        run_deferred();
        unwatched_.clear();
    }

    void dispatch(const epoll_event& event) {
        // Edge triggered: there is nothing to read.
        if (event.data.u64 == wake_mark) return;
        const auto found = watches_.find(static_cast<int>(static_cast<std::uint32_t>(event.data.u64)));
        if (found == watches_.end() || found->second->generation != event.data.u64 >> 32) return;
        const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        found->second->ready(broken || (event.events & EPOLLIN) != 0, (event.events & EPOLLOUT) != 0);
    }

    void run_posted() {
        {
            const std::lock_guard lock(mutex_);
            running_.swap(posted_);
        }
        for (Task& task : running_) std::exchange(task, nullptr)();
        running_.clear();
    }

    void run_deferred() {
        // What is deferred from now on belongs to the next turn, which comes at once.
        ending_.swap(deferred_);
        for (Task& task : ending_) std::exchange(task, nullptr)();
        ending_.clear();
    }

    /// How long to wait for news, in epoll's milliseconds.
    int patience() {
        if (!deferred_.empty() || stopping_) return 0;
        {
            const std::lock_guard lock(mutex_);
            if (!posted_.empty()) return 0;
        }
        const auto next = timers_.next();
        if (!next) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }

    void drop_everything() {
        for (;;) {
            std::vector<Task> posted;
            {
                const std::lock_guard lock(mutex_);
                posted.swap(posted_);
                closed_ = posted.empty();
            }
            // What goes with them may still post, defer or set timers.
            const std::vector<Task> deferred = std::move(deferred_);
            deferred_.clear();
            timers_.clear();
            if (posted.empty() && deferred.empty()) break;
        }
        watches_.clear();
        unwatched_.clear();
    }

    const Descriptor epoll_;
    const Descriptor wake_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::thread::id> thread_;

    std::mutex mutex_;
    std::vector<Task> posted_;  ///< guarded by mutex_
    bool closed_ = false;       ///< guarded by mutex_

    // The loop's thread's:
    std::vector<Task> running_;
    std::vector<Task> deferred_;
    std::vector<Task> ending_;
    Timers timers_;
    std::uint32_t generation_ = 0;
    std::unordered_map<int, std::unique_ptr<Watch>> watches_;
    std::vector<std::unique_ptr<Watch>> unwatched_;
};

}  // namespace

Result<std::unique_ptr<Loop>> Loop::make() {
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    Descriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = wake_mark;
    if (!epoll.open() || !wake.open() || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) {
        return Error{.code = Code::unavailable,
                     .message = std::string("cannot make a loop: ") + std::strerror(errno) +
                                "; raise the limit of open files (ulimit -n)"};
    }
    return std::unique_ptr<Loop>(std::make_unique<EpollLoop>(std::move(epoll), std::move(wake)));
}

}  // namespace varve::net
