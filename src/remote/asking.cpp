#include "remote/asking.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "wire/answers.hpp"

namespace varve::remote {

namespace {

class Waiting final : public net::Answers {
public:
    void on_message(std::string_view message) override { message_ = message; }
    void on_end(const net::Status& status) override {
        {
            const std::lock_guard lock(mutex_);
            status_ = status;
        }
        ended_.notify_all();
    }
    [[nodiscard]] Result<std::string> wait() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [this] { return status_.has_value(); });
        if (status_->code != 0) return error_of(*status_);
        return std::move(message_);
    }

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    std::optional<net::Status> status_;
    std::string message_;
};

Result<std::string> ask_once(Connection& connection, std::string_view method, const std::string& request,
                             Deadline give_up) {
    const auto waiting = std::make_shared<Waiting>();
    connection.post([&connection, path = path_of(method), request, give_up, waiting] {
        const auto call = connection.client().call(path, {}, give_up, waiting);
        call->send(request);
        call->half_close();
    });
    return waiting->wait();
}

}  // namespace

std::string path_of(std::string_view method) {
    return "/varve.v1.Store/" + std::string(method);
}

Error error_of(const net::Status& status) {
    return wire::error_of(status.code, status.message,
                          status.trailers.find("grpc-status-details-bin").value_or(std::string_view()));
}

Error closed_error() {
    return {.code = Code::failed_precondition, .message = "the store is closed: connect again"};
}

Result<std::string> ask_bytes(Connection& connection, std::string_view method, const std::string& request) {
    if (connection.mine()) {
        return Error{.code = Code::failed_precondition,
                     .message = "a completion must not wait for the connection that it runs on; ask elsewhere"};
    }
    const Deadline give_up = connection.give_up();
    for (int attempt = 1;; ++attempt) {
        if (connection.closed()) return closed_error();
        auto answer = ask_once(connection, method, request, give_up);
        const bool again = !answer.ok() && answer.error().code == Code::unavailable;
        if (!again || !connection.wait_before(attempt, give_up)) return answer;
    }
}

}  // namespace varve::remote
