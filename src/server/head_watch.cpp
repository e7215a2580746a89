#include "server/head_watch.hpp"

#include <utility>

namespace varve::server {

namespace {

/// So long a server that stops may wait for its watch.
constexpr std::chrono::milliseconds look_every{100};

}  // namespace

HeadWatch::HeadWatch(Store store)
    : store_(std::move(store)),
      told_(store_.head()),
      thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

void HeadWatch::wait(Position seen, net::Loop& loop, std::weak_ptr<void> while_there, Wake wake) {
    {
        const std::lock_guard lock(mutex_);
        if (told_ <= seen) {
            waiting_[&loop].push_back({std::move(while_there), std::move(wake)});
            return;
        }
    }
    loop.post([while_there = std::move(while_there), wake = std::move(wake)] {
        if (const auto there = while_there.lock()) wake();
    });
}

void HeadWatch::run(const std::stop_token& stopping) {
    while (!stopping.stop_requested()) {
        if (store_.wait_for(told_, Deadline::clock::now() + look_every)) wake_all();
    }
}

void HeadWatch::wake_all() {
    std::map<net::Loop*, std::vector<Waiting>> woken;
    {
        const std::lock_guard lock(mutex_);
        told_ = store_.head();
        woken.swap(waiting_);
    }
    for (auto& [loop, those] : woken) {
        loop->post([those = std::move(those)] {
            for (const Waiting& each : those) {
                if (const auto there = each.while_there.lock()) each.wake();
            }
        });
    }
}

}  // namespace varve::server
