#include "net/server.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "net/acceptor.hpp"
#include "net/socket.hpp"
#include "net/tally.hpp"
#include "net/worker.hpp"

namespace varve::net {
namespace {

/// A loop, and the thread that runs it.
struct Lane {
    std::shared_ptr<Loop> loop;
    std::unique_ptr<Worker> worker;
    std::thread thread;
};

class RunningServer final : public Server {
public:
    RunningServer(ServerOptions options, Listener listener, std::vector<std::shared_ptr<Loop>> loops)
        : options_(std::move(options)), port_(listener.port) {
        for (auto& loop : loops) {
            auto worker = std::make_unique<Worker>(options_, tally_, loop);
            lanes_.push_back({std::move(loop), std::move(worker), {}});
        }
        std::vector<Worker*> workers;
        for (const Lane& lane : lanes_) workers.push_back(lane.worker.get());
        acceptor_ = std::make_unique<Acceptor>(std::move(listener.socket), options_.limits.connections, tally_,
                                               std::move(workers));
    }
    ~RunningServer() override { stop(std::chrono::milliseconds(0)); }

    /// Errors: `unavailable` (no thread, no descriptor).
    Result<> run() {
        Result<> watching = acceptor_->start();
        for (Lane& lane : lanes_) {
            if (!watching.ok()) return watching;
            lane.worker->start();
        }
        try {
            for (Lane& lane : lanes_) {
                lane.thread = std::thread([&lane] {
                    lane.loop->run();
                    // Its connections go where they lived.
                    lane.worker.reset();
                });
                pthread_setname_np(lane.thread.native_handle(), "varve-net");
            }
        } catch (const std::system_error& trouble) {
            return Error{.code = Code::unavailable,
                         .message = std::string("cannot start a thread for the server: ") + trouble.what()};
        }
        return {};
    }

    [[nodiscard]] std::uint16_t port() const override { return port_; }
    [[nodiscard]] ServerCounters counters() const override { return tally_.read(); }

    void stop(std::chrono::milliseconds drain) override {
        const std::lock_guard one(stopping_);
        if (std::exchange(stopped_, true)) return;
        stop_accepting();
        if (drain.count() > 0) wait_until_empty(drain);
        for (const Lane& lane : lanes_) {
            lane.loop->post([&lane] {
                lane.worker->abandon();
                lane.loop->stop();
            });
        }
        for (Lane& lane : lanes_) {
            if (lane.thread.joinable()) lane.thread.join();
        }
    }

private:
    /// Afterwards no worker is handed a connection any more, and each may go in its own time.
    void stop_accepting() {
        const Lane& first = lanes_.front();
        if (!first.thread.joinable()) return;
        std::promise<void> done;
        first.loop->post([&] {
            acceptor_->stop();
            done.set_value();
        });
        done.get_future().wait();
    }

    void wait_until_empty(std::chrono::milliseconds drain) {
        // Shared: a worker may tell it after this has given up waiting.
        struct Waiting {
            std::mutex mutex;
            std::condition_variable changed;
            std::size_t left;
        };
        auto waiting = std::make_shared<Waiting>();
        waiting->left = lanes_.size();
        for (const Lane& lane : lanes_) {
            lane.loop->post([&lane, waiting] {
                lane.worker->drain([waiting] {
                    const std::lock_guard lock(waiting->mutex);
                    --waiting->left;
                    waiting->changed.notify_all();
                });
            });
        }
        std::unique_lock lock(waiting->mutex);
        waiting->changed.wait_for(lock, drain, [&] { return waiting->left == 0; });
    }

    const ServerOptions options_;
    const std::uint16_t port_;
    Tally tally_;
    std::vector<Lane> lanes_;
    std::unique_ptr<Acceptor> acceptor_;
    std::mutex stopping_;
    bool stopped_ = false;  ///< guarded by stopping_
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
    auto listener = listen_on(options.address, options.port);
    if (!listener.ok()) return std::move(listener).error();
    options.loops = std::max(options.loops, 1U);
    std::vector<std::shared_ptr<Loop>> loops;
    while (loops.size() < options.loops) {
        auto loop = Loop::make();
        if (!loop.ok()) return std::move(loop).error();
        loops.push_back(std::move(*loop));
    }
    auto server = std::make_unique<RunningServer>(std::move(options), std::move(*listener), std::move(loops));
    if (auto running = server->run(); !running.ok()) return std::move(running).error();
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace varve::net
