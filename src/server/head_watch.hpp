/// Wakes those who wait for the next commit, each in its own loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "net/loop.hpp"
#include "varve/store.hpp"

namespace varve::server {

/// Any thread, unless a method says otherwise. The loops outlive it.
class HeadWatch {
public:
    explicit HeadWatch(Store store);
    HeadWatch(const HeadWatch&) = delete;
    HeadWatch& operator=(const HeadWatch&) = delete;
    ~HeadWatch() = default;

    using Wake = std::function<void()>;
    /// Calls it in the loop, once, when the store's head is beyond `seen`, or at once when it is; never when the owner of
    /// `while_there` has gone meanwhile.
    void wait(Position seen, net::Loop& loop, std::weak_ptr<void> while_there, Wake wake);

private:
    struct Waiting {
        std::weak_ptr<void> while_there;
        Wake wake;
    };
    void run(const std::stop_token& stopping);
    void wake_all();

    Store store_;
    std::mutex mutex_;  ///< guards the next two
    std::map<net::Loop*, std::vector<Waiting>> waiting_;
    Position told_;  ///< everybody who came before this head has been woken
    std::jthread thread_;
};

}  // namespace varve::server
