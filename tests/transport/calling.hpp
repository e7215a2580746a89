/// Our client, in a loop of its own, as tests use it from their thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "net/client.hpp"

namespace transport {

/// Writes down what comes of a call; read in any thread.
class Heard final : public varve::net::Answers {
public:
    /// Called in the loop's thread, after the message was written down.
    using OnMessage = std::function<void(std::string_view message)>;
    using OnEnd = std::function<void(const varve::net::Status& status)>;
    explicit Heard(OnMessage on_message = {}, OnEnd on_end = {}, bool keep = true)
        : on_message_(std::move(on_message)), on_end_(std::move(on_end)), keep_(keep) {}

    void on_message(std::string_view message) override;
    void on_end(const varve::net::Status& status) override;

    /// Waits for the end.
    [[nodiscard]] varve::net::Status status();
    [[nodiscard]] std::uint32_t code() { return status().code; }
    [[nodiscard]] bool wait_for_messages(std::size_t count);
    [[nodiscard]] std::vector<std::string> messages();
    [[nodiscard]] std::size_t count();
    [[nodiscard]] bool ended();

private:
    const OnMessage on_message_;
    const OnEnd on_end_;
    const bool keep_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> messages_;
    std::size_t count_ = 0;
    std::optional<varve::net::Status> status_;
};

struct More {
    varve::net::Metadata metadata = {};
    varve::net::Clock::time_point deadline = varve::net::Clock::time_point::max();
};

class Calling {
public:
    explicit Calling(varve::net::ClientOptions options);
    explicit Calling(std::uint16_t port) : Calling(varve::net::ClientOptions{.port = port}) {}
    Calling(const Calling&) = delete;
    Calling& operator=(const Calling&) = delete;
    ~Calling();

    /// In the loop's thread; waits until it is done.
    void run(const std::function<void()>& task);

    /// Begins a call. From any thread.
    [[nodiscard]] std::shared_ptr<varve::net::ClientCall> call(std::string_view path,
                                                               const std::shared_ptr<Heard>& heard,
                                                               const More& more = {});
    /// Sends one message, and no more.
    std::shared_ptr<varve::net::ClientCall> ask(std::string_view path, std::string_view message,
                                                const std::shared_ptr<Heard>& heard, const More& more = {});
    /// How a call ends that sends one message.
    [[nodiscard]] varve::net::Status status_of(std::string_view path, std::string_view message);
    [[nodiscard]] std::size_t calls();
    /// Waits until the loop has looked at all that has come so far.
    void settle();

    const std::unique_ptr<varve::net::Loop> loop;
    std::unique_ptr<varve::net::Client> client;  ///< the loop's thread's

private:
    std::thread thread_;
};

}  // namespace transport
