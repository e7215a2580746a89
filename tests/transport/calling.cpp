#include "transport/calling.hpp"

#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "transport/service.hpp"

namespace transport {

using namespace varve::net;

void Heard::on_message(std::string_view message) {
    {
        const std::lock_guard lock(mutex_);
        EXPECT_FALSE(status_.has_value()) << "a message after the end";
        if (keep_) messages_.emplace_back(message);
        ++count_;
        changed_.notify_all();
    }
    if (on_message_) on_message_(message);
}

void Heard::on_end(const Status& status) {
    if (on_end_) on_end_(status);
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(status_.has_value()) << "a second end";
    status_ = status;
    changed_.notify_all();
}

Status Heard::status() {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, patience, [&] { return status_.has_value(); });
    EXPECT_TRUE(came) << "the call did not end";
    return status_.value_or(Status{.code = 99});
}

bool Heard::wait_for_messages(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return count_ >= count; });
}

std::vector<std::string> Heard::messages() {
    const std::lock_guard lock(mutex_);
    return messages_;
}

std::size_t Heard::count() {
    const std::lock_guard lock(mutex_);
    return count_;
}

bool Heard::ended() {
    const std::lock_guard lock(mutex_);
    return status_.has_value();
}

Calling::Calling(ClientOptions options)
    : loop(Loop::make().value()), client(Client::make(*loop, std::move(options))), thread_([this] { loop->run(); }) {}

Calling::~Calling() {
    run([this] { client.reset(); });
    loop->stop();
    thread_.join();
}

void Calling::run(const std::function<void()>& task) {
    if (loop->mine()) return task();
    std::promise<void> done;
    loop->post([&] {
        task();
        done.set_value();
    });
    done.get_future().wait();
}

std::shared_ptr<ClientCall> Calling::call(std::string_view path, const std::shared_ptr<Heard>& heard,
                                          const More& more) {
    std::shared_ptr<ClientCall> call;
    run([&] { call = client->call(path, more.metadata, more.deadline, heard); });
    return call;
}

std::shared_ptr<ClientCall> Calling::ask(std::string_view path, std::string_view message,
                                         const std::shared_ptr<Heard>& heard, const More& more) {
    std::shared_ptr<ClientCall> call;
    run([&] {
        call = client->call(path, more.metadata, more.deadline, heard);
        call->send(message);
        call->half_close();
    });
    return call;
}

Status Calling::status_of(std::string_view path, std::string_view message) {
    const auto heard = std::make_shared<Heard>();
    ask(path, message, heard);
    return heard->status();
}

std::size_t Calling::calls() {
    std::size_t calls = 0;
    run([&] { calls = client->calls(); });
    return calls;
}

void Calling::settle() {
    // The first may run in a turn that has looked already.
    for (int i = 0; i < 2; ++i) run([] {});
}

}  // namespace transport
