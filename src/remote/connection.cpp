#include "remote/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace varve::remote {

namespace {

constexpr std::chrono::milliseconds first_pause{20};
constexpr std::chrono::milliseconds longest_pause{1000};

}  // namespace

Connection::Connection(std::unique_ptr<net::Loop> loop, std::chrono::milliseconds patience, std::string place)
    : loop_(std::move(loop)), patience_(patience), place_(std::move(place)) {}

Result<std::shared_ptr<Connection>> Connection::make(net::ClientOptions options, std::chrono::milliseconds patience) {
    auto loop = net::Loop::make();
    if (!loop.ok()) return std::move(loop).error();
    std::string place = fmt::format("varve://{}:{}", options.host, options.port);
    auto made = std::shared_ptr<Connection>(new Connection(*std::move(loop), patience, std::move(place)));
    try {
        made->thread_ = std::jthread([self = made.get(), options = std::move(options)] {
            self->client_ = net::Client::make(*self->loop_, options);
            self->loop_->run();
            self->client_.reset();
        });
    } catch (const std::system_error& error) {
        return Error{.code = Code::unavailable,
                     .message = fmt::format("no thread for the connection: {}", error.what())};
    }
    return made;
}

Connection::~Connection() {
    close();
    loop_->stop();
    if (thread_.joinable()) thread_.join();
}

void Connection::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_.store(true, std::memory_order_release);
    }
    changed_.notify_all();
}

std::chrono::milliseconds Connection::pause_before(int attempt) {
    return std::min(longest_pause, first_pause * (1 << std::clamp(attempt - 1, 0, 10)));
}

bool Connection::wait_before(int attempt, Deadline give_up) {
    const Deadline until = Deadline::clock::now() + pause_before(attempt);
    if (until >= give_up) return false;
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return closed(); });
    return !closed();
}

}  // namespace varve::remote
