#include "remote/head.hpp"

#include <wire/store.pb.h>

#include <utility>

#include "remote/asking.hpp"

namespace varve::remote {

class Head::Standings final : public net::Answers {
public:
    explicit Standings(std::weak_ptr<Head> head) : head_(std::move(head)) {}

    void on_message(std::string_view message) override {
        v1::Standing standing;
        const auto head = head_.lock();
        if (!head || !standing.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
        heard_ = true;
        head->reach(Position{standing.head()});
    }
    void on_end(const net::Status&) override {
        if (const auto head = head_.lock()) head->lost(heard_);
    }

private:
    std::weak_ptr<Head> head_;
    bool heard_ = false;
};

void Head::follow() {
    connection_.post([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->call();
    });
}

void Head::call() {
    if (closed_) return;
    call_ = connection_.client().call(path_of("Follow"), {}, net::Clock::time_point::max(),
                                      std::make_shared<Standings>(weak_from_this()));
    call_->send(v1::FollowRequest().SerializeAsString());
    call_->half_close();
}

void Head::lost(bool heard) {
    call_.reset();
    if (closed_) return;
    attempts_ = heard ? 1 : attempts_ + 1;
    connection_.loop().at(net::Clock::now() + Connection::pause_before(attempts_), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->call();
    });
}

void Head::close() {
    closed_ = true;
    connection_.post([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self && self->call_) std::exchange(self->call_, nullptr)->cancel();
    });
    wake();
}

void Head::reach(Position head) {
    {
        const std::lock_guard lock(mutex_);
        if (head.value <= head_.load(std::memory_order_relaxed)) return;
        head_.store(head.value, std::memory_order_release);
    }
    moved_.notify_all();
}

bool Head::wait_beyond(Position position, Deadline deadline) {
    std::unique_lock lock(mutex_);
    const std::uint64_t woken = woken_;
    const auto over = [&] { return now() > position || closed_ || woken_ != woken; };
    if (deadline == Deadline::max()) {
        moved_.wait(lock, over);
    } else {
        moved_.wait_until(lock, deadline, over);
    }
    return now() > position;
}

void Head::wake() {
    {
        const std::lock_guard lock(mutex_);
        ++woken_;
    }
    moved_.notify_all();
}

}  // namespace varve::remote
