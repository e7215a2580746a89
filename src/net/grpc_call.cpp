#include "net/grpc_call.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "net/grpc_text.hpp"

namespace varve::net {
namespace {

/// A longer text is cut: clients take 8 KiB of headers, all together.
constexpr std::size_t status_message_bytes = 4096;

Status status(Code code, std::string message) {
    return {.code = static_cast<std::uint32_t>(code), .message = std::move(message)};
}

bool binary(std::string_view name) {
    return name.ends_with("-bin");
}

/// In lower case, or nothing where it is no name that a service may give.
std::string sendable_name(std::string_view name) {
    static constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    std::string lower(name);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const bool ours = lower == "grpc-status" || lower == "grpc-message" || lower == "content-type";
    return ours || lower.find_first_not_of(allowed) != std::string::npos ? std::string() : lower;
}

std::string sendable_value(std::string_view name, std::string_view value) {
    if (binary(name)) return to_base64(value);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    const bool plain = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
    // Other bytes would end the connection at a strict client.
    return plain ? std::string(value) : percent_encoded(value);
}

}  // namespace

GrpcCall::GrpcCall(H2Host& host, StreamId id, Begin begin)
    : H2Body(host, id),
      path_(std::move(begin.path)),
      metadata_(std::move(begin.metadata)),
      peer_(host.line().peer()),
      loop_(host.shop().loop),
      reader_(host.shop().options.limits.message_bytes) {
    ++host.shop().tally.calls;
    ++host.shop().tally.calls_all;
}

GrpcCall::~GrpcCall() = default;

void GrpcCall::accept(const std::shared_ptr<GrpcCall>& call) {
    const Metadata raw = std::exchange(call->metadata_, {});
    if (Status trouble = call->read_metadata(raw); trouble.code != 0) return call->finish(std::move(trouble));
    call->arm_deadline();
    const Accept& accept = call->host()->shop().options.accept;
    std::unique_ptr<Handler> handler = accept ? accept(call) : nullptr;
    const bool nobody = handler == nullptr;
    call->handler_ = std::move(handler);
    if (call->ended_) return call->retire();
    if (nobody) call->finish(status(Code::unimplemented, "this server has no method " + call->path_));
}

void GrpcCall::send(std::string_view message) {
    if (ended_ || overrun_ || host() == nullptr) return;
    std::array<char, 5> prefix{};
    const bool countable = message.size() <= std::numeric_limits<std::uint32_t>::max();
    for (std::size_t i = 0; i < 4; ++i) prefix[1 + i] = static_cast<char>(message.size() >> (24 - 8 * i) & 0xFF);
    if (!countable || !put({prefix.data(), prefix.size()}, message)) {
        // Whoever sends is in the middle of something: it is told at the end of the turn.
        overrun_ = true;
        host()->attend(*this);
        return;
    }
    if (responded()) return;
    static constexpr auto head = std::to_array<HeaderField>(
        {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-accept-encoding", "identity"}});
    respond(head, true);
}

bool GrpcCall::full() const {
    if (ended_ || host() == nullptr || !crowded()) return false;
    told_full_ = true;
    // To be told of room later is no change that anybody could see.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    host()->await_room(const_cast<GrpcCall&>(*this));
    return true;
}

void GrpcCall::finish(Status status) {
    if (ended_) return;
    ended_ = true;
    status_ = std::move(status);
    if (responded()) {
        seal();
    } else {
        send_trailers(true);
    }
    forget_unread();
    retire();
}

void GrpcCall::resume() {
    if (!std::exchange(paused_, false) || delivering_ || host() == nullptr) return;
    host()->attend(*this);
}

void GrpcCall::data(std::string_view bytes) {
    if (ended_) return consumed(bytes.size());
    unconsumed_ += bytes.size();
    reader_.add(bytes);
    deliver();
}

void GrpcCall::deliver() {
    delivering_ = true;
    while (!paused_ && !ended_ && !overrun_ && take_message()) {
    }
    delivering_ = false;
    if (ended_) return forget_unread();
    reader_.keep();
    count_held();
    if (ended_ || paused_) return;
    let_more_come();
    if (!peer_ended() || half_closed_ || overrun_) return;
    half_closed_ = true;
    if (held_ > 0) return cut(status(Code::invalid_argument, "the call's last message is cut off"));
    handler_->on_half_close();
}

bool GrpcCall::take_message() {
    const auto [step, message, length] = reader_.next();
    switch (step) {
        case MessageReader::Step::message: handler_->on_message(message); return true;
        case MessageReader::Step::more: return false;
        case MessageReader::Step::compressed:
            cut(status(Code::unimplemented,
                       "the message is compressed, which this server does not read; send it as grpc-accept-encoding "
                       "says: identity"));
            return false;
        case MessageReader::Step::too_long: break;
    }
    cut(status(Code::resource_exhausted,
               "the message has " + std::to_string(length) + " bytes, and this server takes " +
                   std::to_string(host()->shop().options.limits.message_bytes) + "; send it in smaller parts"));
    return false;
}

void GrpcCall::count_held() {
    if (host() == nullptr) return;
    Budget& budget = host()->line().budget();
    const std::size_t now = reader_.held();
    if (now > held_ && !budget.take(now - held_)) {
        reader_.clear();
        budget.give_back(std::exchange(held_, 0));
        return cut(status(Code::resource_exhausted,
                          "too much waits to be handled on this connection or on this server; try again later"));
    }
    if (now < held_) budget.give_back(held_ - now);
    held_ = now;
}

void GrpcCall::let_more_come() {
    // While answers wait for a client that does not take them, it cannot ask for more of them.
    if (unconsumed_ > 0 && crowded()) {
        host()->await_room(*this);
    } else {
        consumed(std::exchange(unconsumed_, 0));
    }
}

bool GrpcCall::give_trailers() {
    if (!trailers_sent_) send_trailers(false);
    return true;
}

void GrpcCall::end_turn() {
    if (ended_) return;
    if (overrun_) {
        return cut(status(Code::resource_exhausted,
                          "too much waits to be sent on this connection or on this server; read faster, or ask for "
                          "less at once"));
    }
    reader_.add({});
    if (!paused_) deliver();
}

bool GrpcCall::sent() {
    if (ended_) return false;
    if (!has_room()) return true;
    if (!paused_) let_more_come();
    if (std::exchange(told_full_, false)) handler_->on_room();
    return false;
}

void GrpcCall::abandon() {
    cut(status(Code::unavailable, "the server stops; try again, here later or at another one"));
}

void GrpcCall::on_end() {
    if (ended_ || paused_) return;
    reader_.add({});
    deliver();
}

void GrpcCall::on_closed() {
    host()->line().budget().give_back(std::exchange(held_, 0));
    reader_.clear();
    if (!ended_) {
        ended_ = true;
        if (handler_) handler_->on_cancel();
        retire();
    }
    --host()->shop().tally.calls;
}

Status GrpcCall::read_metadata(const Metadata& raw) {
    for (const auto& [name, value] : raw.fields()) {
        if (name == "grpc-timeout") {
            const auto timeout = parse_timeout(value);
            if (!timeout) return status(Code::invalid_argument, "grpc-timeout is '" + value + "', which is no time");
            deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(*timeout);
        }
        if (!binary(name)) {
            metadata_.add(name, value);
            continue;
        }
        // Several values of a name may be joined by commas.
        for (std::size_t at = 0; at <= value.size();) {
            const std::size_t end = std::min(value.find(',', at), value.size());
            auto bytes = from_base64(std::string_view(value).substr(at, end - at));
            if (!bytes) return status(Code::invalid_argument, "the metadata '" + name + "' is no base64");
            metadata_.add(name, *std::move(bytes));
            at = end + 1;
        }
    }
    return {};
}

void GrpcCall::arm_deadline() {
    if (deadline_ == Clock::time_point::max()) return;
    timer_ = loop_->at(deadline_, [this] {
        timer_ = 0;
        cut(status(Code::deadline_exceeded, "the call's deadline is over"));
    });
}

void GrpcCall::cut(Status status) {
    if (ended_) return;
    ended_ = true;
    status_ = std::move(status);
    forget_unsent();
    // Also where the client takes no bytes: trailers need no window.
    send_trailers(!responded());
    forget_unread();
    if (handler_) handler_->on_cancel();
    retire();
}

void GrpcCall::forget_unread() {
    // A handler that ends the call within on_message may still be looking at the message.
    if (delivering_) return;
    reader_.clear();
    count_held();
    consumed(std::exchange(unconsumed_, 0));
}

void GrpcCall::send_trailers(bool first) {
    if (host() == nullptr) return;
    trailers_sent_ = true;
    const std::string code = std::to_string(status_.code);
    const std::string message = percent_encoded(status_.message, status_message_bytes);
    std::vector<std::pair<std::string, std::string>> extra;
    for (const auto& [name, value] : status_.trailers.fields()) {
        if (std::string sendable = sendable_name(name); !sendable.empty()) {
            extra.emplace_back(std::move(sendable), sendable_value(name, value));
        }
    }
    std::vector<HeaderField> fields;
    if (first) {
        fields = {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-accept-encoding", "identity"}};
    }
    fields.push_back({"grpc-status", code});
    if (!message.empty()) fields.push_back({"grpc-message", message});
    for (const auto& [name, value] : extra) fields.push_back({name, value});
    if (first) {
        respond(fields, false);
    } else {
        host()->session().trailers(id(), fields);
        host()->line().touch();
    }
}

void GrpcCall::retire() {
    if (timer_ != 0) loop_->cancel(std::exchange(timer_, 0));
    if (!handler_) return;
    if (host() != nullptr) {
        host()->shop().retired.push_back(std::move(handler_));
        host()->shop().call_at_end();
    }
}

}  // namespace varve::net
