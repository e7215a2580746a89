/// A call with one request.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "net/call.hpp"

namespace varve::server {

/// What is wrong with a request before anybody looks at what it asks for.
[[nodiscard]] inline net::Status malformed(std::string message) {
    return {.code = static_cast<std::uint32_t>(Code::invalid_argument), .message = std::move(message)};
}

/// Parses the request and calls `answer(call, request)`, which sends and finishes, now or later.
template <class Request, class Answer>
class Unary final : public net::Handler {
public:
    Unary(std::shared_ptr<net::Call> call, Answer answer) : call_(std::move(call)), answer_(std::move(answer)) {}

    void on_message(std::string_view message) override {
        if (std::exchange(asked_, true))
            return call_->finish(malformed("this method takes one request message, and more came"));
        Request request;
        if (!request.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(malformed("the request is no valid protobuf message"));
        answer_(call_, std::move(request));
    }
    void on_half_close() override {
        if (!asked_) call_->finish(malformed("this method takes one request message, and none came"));
    }

private:
    std::shared_ptr<net::Call> call_;
    Answer answer_;
    bool asked_ = false;
};

template <class Request, class Answer>
[[nodiscard]] std::unique_ptr<net::Handler> unary(const std::shared_ptr<net::Call>& call, Answer answer) {
    return std::make_unique<Unary<Request, Answer>>(call, std::move(answer));
}

/// Sends the one answer and ends the call.
template <class Answer>
void reply(net::Call& call, const Answer& answer) {
    call.send(answer.SerializeAsString());
    call.finish({});
}

}  // namespace varve::server
