#include "net/outgoing_call.hpp"

#include <array>
#include <limits>
#include <utility>

#include "net/grpc_text.hpp"
#include "varve/version.hpp"

namespace varve::net {
namespace {

Status status(Code code, std::string message) {
    return {.code = static_cast<std::uint32_t>(code), .message = std::move(message)};
}

}  // namespace

OutgoingCall::OutgoingCall(Loop& loop, CallBook& book, Begin begin)
    : loop_(loop), book_(book), begin_(std::move(begin)), reader_(begin_.message_bytes) {}

void OutgoingCall::arm_deadline() {
    if (begin_.deadline == Clock::time_point::max()) return;
    timer_ = loop_.at(begin_.deadline, [weak = weak_from_this()] {
        const auto call = weak.lock();
        if (!call) return;
        call->timer_ = 0;
        call->end_with(status(Code::deadline_exceeded, "the call's deadline is over"));
    });
}

bool OutgoingCall::open(CallLine& line, std::string_view authority) {
    std::vector<HeaderField> head = {{":method", "POST"},
                                     {":scheme", "http"},
                                     {":path", begin_.path},
                                     {":authority", authority},
                                     {"te", "trailers"},
                                     {"content-type", "application/grpc"},
                                     {"grpc-accept-encoding", "identity"},
                                     {"user-agent", "varve/" VARVE_VERSION}};
    std::string timeout;
    if (begin_.deadline != Clock::time_point::max()) {
        timeout = timeout_text(begin_.deadline - Clock::now());
        head.push_back({"grpc-timeout", timeout});
    }
    for (const auto& [name, value] : begin_.fields) head.push_back({name, value});
    const auto id = line.session().request(head, *this);
    if (!id) return false;
    id_ = *id;
    line_ = &line;
    line.touch();
    return true;
}

void OutgoingCall::lost(const Status& status) {
    line_ = nullptr;
    // What was said to the end is known, and may still be waiting for whoever has paused.
    if (!whole_) finish(status);
}

void OutgoingCall::end_with(const Status& status) {
    if (ended_) return;
    if (line_ != nullptr) {
        line_->session().reset(id_, H2Error::cancel);
        line_->touch();
    }
    finish(status);
}

void OutgoingCall::send(std::string_view message) {
    if (ended_ || sealed_) return;
    if (message.size() > std::numeric_limits<std::uint32_t>::max()) {
        return end_later(status(Code::resource_exhausted, "the message is longer than gRPC can say: 4 GiB"));
    }
    std::array<char, 5> prefix{};
    for (std::size_t i = 0; i < 4; ++i) prefix[1 + i] = static_cast<char>(message.size() >> (24 - 8 * i) & 0xFF);
    unsent_.push({prefix.data(), prefix.size()});
    unsent_.push(message);
    wake();
}

void OutgoingCall::half_close() {
    if (ended_ || std::exchange(sealed_, true)) return;
    wake();
}

void OutgoingCall::cancel() {
    end_with(status(Code::cancelled, "the call was cancelled by its client"));
}

void OutgoingCall::resume() {
    // Not from here: whoever resumes may be in the middle of anything.
    if (!std::exchange(paused_, false) || ended_ || std::exchange(resuming_, true)) return;
    loop_.defer([weak = weak_from_this()] {
        const auto call = weak.lock();
        if (!call) return;
        call->resuming_ = false;
        call->reader_.add({});
        call->deliver();
    });
}

void OutgoingCall::header(std::string_view name, std::string_view value) {
    if (!ended_) answer_.field(name, value);
}

void OutgoingCall::head_done() {
    if (ended_) return;
    if (const auto none = answer_.block_done(); none) end_with(*none);
}

void OutgoingCall::data(std::string_view bytes) {
    unconsumed_ += bytes.size();
    if (ended_) return consume();
    reader_.add(bytes);
    deliver();
}

void OutgoingCall::end() {
    whole_ = true;
    if (ended_) return;
    if (line_ != nullptr && !end_sent_) line_->leave(id_);
    reader_.add({});
    deliver();
}

H2Stream::Waiting OutgoingCall::waiting() {
    asleep_ = unsent_.empty() && !sealed_;
    return {unsent_.size(), sealed_};
}

void OutgoingCall::broken(H2Error why) {
    if (ended_ || whole_) return;
    line_ = nullptr;
    if (why == H2Error::cancel && Clock::now() >= begin_.deadline) {
        return finish(status(Code::deadline_exceeded, "the call's deadline is over"));
    }
    if (why == H2Error::refused_stream) {
        return finish(status(Code::unavailable, "the server did not take the call; try again"));
    }
    finish(status(code_of_reset(why), "the call's stream was reset, for HTTP/2's reason " +
                                          std::to_string(static_cast<std::uint32_t>(why))));
}

void OutgoingCall::closed() {
    line_ = nullptr;
    if (!whole_) finish(status(Code::internal, "the server ended the call's stream without a status"));
}

void OutgoingCall::wake() {
    if (line_ == nullptr) return;
    if (std::exchange(asleep_, false)) line_->session().resume(id_);
    line_->touch();
}

void OutgoingCall::deliver() {
    // Held: on_message may end the call.
    const auto answers = begin_.answers;
    delivering_ = true;
    while (!paused_ && !ended_ && take_message()) {
    }
    delivering_ = false;
    if (ended_) {
        reader_.clear();
        return consume();
    }
    reader_.keep();
    if (paused_) return;
    consume();
    if (!whole_) return;
    Status last = answer_.status();
    if (last.code == 0 && reader_.held() > 0) last = status(Code::internal, "the answer's last message is cut off");
    finish(last);
}

bool OutgoingCall::take_message() {
    const auto [step, message, length] = reader_.next();
    switch (step) {
        case MessageReader::Step::message: begin_.answers->on_message(message); return true;
        case MessageReader::Step::more: return false;
        case MessageReader::Step::compressed:
            end_with(status(Code::internal, "the server's message is compressed, which was not asked for"));
            return false;
        case MessageReader::Step::too_long: break;
    }
    end_with(status(Code::resource_exhausted, "the server's message has " + std::to_string(length) +
                                                  " bytes, and this client takes " +
                                                  std::to_string(begin_.message_bytes)));
    return false;
}

void OutgoingCall::consume() {
    const std::size_t bytes = std::exchange(unconsumed_, 0);
    if (line_ == nullptr || bytes == 0) return;
    line_->session().consumed(id_, bytes);
    line_->touch();
}

void OutgoingCall::finish(const Status& status) {
    if (std::exchange(ended_, true)) return;
    if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
    unsent_.clear();
    // A message may still be looked at, where on_message ends the call.
    if (!delivering_) reader_.clear();
    const auto answers = std::move(begin_.answers);
    book_.ended(begin_.number);
    answers->on_end(status);
}

void OutgoingCall::end_later(Status status) {
    loop_.defer([weak = weak_from_this(), status = std::move(status)] {
        if (const auto call = weak.lock()) call->end_with(status);
    });
}

}  // namespace varve::net
