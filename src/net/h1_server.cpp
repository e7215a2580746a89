#include "net/h1_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "net/exchange.hpp"
#include "net/h1_parser.hpp"
#include "net/http_text.hpp"
#include "net/send_buffer.hpp"

namespace varve::net {
namespace {

constexpr std::size_t unsent_bytes_max = 256 << 10;
/// So much of later requests is read while one is answered.
constexpr std::size_t ahead_bytes_max = 64 << 10;

class H1Server final : public Protocol, public AnswerSink {
public:
    H1Server(Shop& shop, Line& line) : shop_(shop), line_(line) { next_request(); }

    // Protocol:
    void receive(std::string_view bytes) override;
    void end_turn() override { advance(); }
    bool produce(std::string& out, std::size_t limit) override;
    void sent() override;
    [[nodiscard]] bool over() const override { return closing_ && !exchange_ && unsent_.empty(); }
    [[nodiscard]] bool busy() const override { return exchange_ != nullptr; }
    [[nodiscard]] Clock::time_point owed_since() const override { return owed_since_; }
    void too_late() override;
    bool ask() override { return false; }
    void drain() override;
    void abandon() override;
    void lost() override;

    // AnswerSink:
    void put_head(unsigned status, const Metadata& headers, std::optional<std::size_t> length, bool body) override;
    [[nodiscard]] bool put_bytes(std::string_view bytes) override;
    void put_end() override;
    [[nodiscard]] bool crowded() override;

private:
    void next_request();
    void advance();
    [[nodiscard]] bool read_request();
    [[nodiscard]] bool count_body();
    void start_exchange();
    void end_exchange();
    void refuse(unsigned status, std::string_view why);
    [[nodiscard]] bool put(std::string_view bytes);
    [[nodiscard]] bool fresh() const { return input_.empty() && !parser_->head_done(); }

    Shop& shop_;
    Line& line_;
    std::string input_;
    std::unique_ptr<H1Parser> parser_;
    std::size_t body_held_ = 0;
    std::shared_ptr<Exchange> exchange_;
    SendBuffer unsent_;
    Clock::time_point owed_since_ = Clock::now();
    bool old_ = false;      ///< the request at hand is of HTTP/1.0
    bool keep_ = false;     ///< another request may follow it
    bool chunked_ = false;  ///< its answer
    bool head_put_ = false;
    bool answered_ = false;
    bool awaiting_room_ = false;
    bool advancing_ = false;
    bool draining_ = false;
    bool closing_ = false;
};

void H1Server::receive(std::string_view bytes) {
    if (closing_) return;
    line_.budget().hold(bytes.size());
    input_ += bytes;
    if (exchange_) {
        if (input_.size() > ahead_bytes_max) line_.want_reading(false);
        return;
    }
    // A head has so much time for all of it, a body for each of its parts.
    if (owed_since_ == Clock::time_point::max() || parser_->head_done()) owed_since_ = Clock::now();
    advance();
}

void H1Server::advance() {
    if (std::exchange(advancing_, true)) return;
    for (;;) {
        if (answered_) end_exchange();
        if (exchange_ || closing_ || input_.empty() || !read_request()) break;
    }
    advancing_ = false;
}

/// False: nothing more can be read of it.
bool H1Server::read_request() {
    const std::size_t before = input_.size();
    const H1Parser::Step step = parser_->read(input_);
    line_.budget().give_back(before - input_.size());
    if (step != H1Parser::Step::refused && !count_body()) return false;
    switch (step) {
        case H1Parser::Step::more: return false;
        case H1Parser::Step::head:
            // Who has sent the body already needs no permission.
            if (parser_->expects_continue() && !parser_->old() && input_.empty()) {
                if (!put("HTTP/1.1 100 Continue\r\n\r\n")) closing_ = true;
            }
            return true;
        case H1Parser::Step::request: start_exchange(); return true;
        case H1Parser::Step::refused: break;
    }
    line_.misbehaved();
    switch (parser_->refusal()) {
        case 413: refuse(413, "the body is longer than this server takes"); break;
        case 431: refuse(431, "the headers are longer than this server takes"); break;
        case 501: refuse(501, "this server knows no transfer encoding but chunked"); break;
        case 505: refuse(505, "this server speaks HTTP/1.1, and HTTP/2 to who begins with it"); break;
        default: refuse(400, "this is no request of HTTP/1.1"); break;
    }
    return false;
}

bool H1Server::count_body() {
    const std::size_t more = parser_->body_bytes() - body_held_;
    if (!line_.budget().take(more)) {
        refuse(503, "too much waits to be handled on this server; try again later");
        return false;
    }
    body_held_ += more;
    return true;
}

void H1Server::start_exchange() {
    owed_since_ = Clock::time_point::max();
    old_ = parser_->old();
    keep_ = parser_->keep_alive();
    head_put_ = false;
    exchange_ = std::make_shared<Exchange>(parser_->take(*line_.peer()), shop_.loop, *this);
    ++shop_.tally.calls;
    ++shop_.tally.calls_all;
    // A copy: it may be over before its handler returns.
    const std::shared_ptr<Exchange> exchange = exchange_;
    if (shop_.options.http) {
        shop_.options.http(exchange);
    } else {
        exchange->respond(404, {}, "nothing is here\n");
    }
}

void H1Server::end_exchange() {
    answered_ = false;
    exchange_->detach();
    exchange_.reset();
    --shop_.tally.calls;
    if (!keep_ || draining_) closing_ = true;
    next_request();
    line_.want_reading(true);
    if (!input_.empty()) owed_since_ = Clock::now();
}

void H1Server::next_request() {
    line_.budget().give_back(std::exchange(body_held_, 0));
    const ServerLimits& limits = shop_.options.limits;
    parser_ = std::make_unique<H1Parser>(limits.header_bytes, limits.http_body_bytes);
}

void H1Server::refuse(unsigned status, std::string_view why) {
    closing_ = true;
    owed_since_ = Clock::time_point::max();
    (void)put(
        fmt::format("HTTP/1.1 {} {}\r\ndate: {}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n"
                    "content-length: {}\r\n\r\n{}\n",
                    status, http_reason(status), http_date(std::chrono::system_clock::now()), why.size() + 1, why));
}

bool H1Server::produce(std::string& out, std::size_t limit) {
    const std::size_t count = std::min(unsent_.size(), limit - std::min(limit, out.size()));
    unsent_.take(count, out);
    line_.budget().give_back(count);
    return !unsent_.empty();
}

void H1Server::sent() {
    if (!awaiting_room_ || !exchange_ || unsent_.size() > unsent_bytes_max / 2 || line_.budget().tight()) return;
    awaiting_room_ = false;
    exchange_->room();
}

void H1Server::too_late() {
    if (!fresh()) return refuse(408, "the request did not come to an end in time");
    closing_ = true;
    owed_since_ = Clock::time_point::max();
}

void H1Server::drain() {
    draining_ = true;
    if (!exchange_ && fresh()) closing_ = true;
}

void H1Server::abandon() {
    const bool begun = head_put_;
    const bool asked = exchange_ != nullptr;
    lost();
    if (asked && !begun) refuse(503, "the server stops; try again, here later or at another one");
    closing_ = true;
}

void H1Server::lost() {
    closing_ = true;
    if (!exchange_) return;
    --shop_.tally.calls;
    const auto exchange = std::exchange(exchange_, nullptr);
    exchange->detach();
}

void H1Server::put_head(unsigned status, const Metadata& headers, std::optional<std::size_t> length, bool body) {
    head_put_ = true;
    chunked_ = body && !length && !old_;
    if (draining_ || (body && !length && old_)) keep_ = false;
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, http_reason(status));
    for (const auto& [name, value] : headers.fields()) {
        const auto [its_name, its_value] = sendable_header(name, value);
        if (!its_name.empty()) head += fmt::format("{}: {}\r\n", its_name, its_value);
    }
    head += fmt::format("date: {}\r\n", http_date(std::chrono::system_clock::now()));
    if (length) head += fmt::format("content-length: {}\r\n", *length);
    if (chunked_) head += "transfer-encoding: chunked\r\n";
    if (!keep_) {
        head += "connection: close\r\n";
    } else if (old_) {
        head += "connection: keep-alive\r\n";
    }
    // Where there is no room for a head, there is none for what follows.
    (void)put(head += "\r\n");
}

bool H1Server::put_bytes(std::string_view bytes) {
    const bool put_all =
        chunked_ ? put(fmt::format("{:x}\r\n", bytes.size())) && put(bytes) && put("\r\n") : put(bytes);
    if (put_all) return true;
    // What was promised cannot be kept: the connection ends before its time, and the client sees it.
    keep_ = false;
    answered_ = true;
    line_.touch();
    return false;
}

void H1Server::put_end() {
    if (chunked_ && !put("0\r\n\r\n")) keep_ = false;
    answered_ = true;
    line_.touch();
}

bool H1Server::crowded() {
    if (unsent_.size() <= unsent_bytes_max && !line_.budget().tight()) return false;
    awaiting_room_ = true;
    return true;
}

bool H1Server::put(std::string_view bytes) {
    if (!line_.budget().take(bytes.size())) return false;
    unsent_.push(bytes);
    line_.touch();
    return true;
}

}  // namespace

std::unique_ptr<Protocol> make_h1_server(Shop& shop, Line& line) {
    return std::make_unique<H1Server>(shop, line);
}

}  // namespace varve::net
