#include "transport/service.hpp"

#include <algorithm>
#include <sstream>
#include <thread>
#include <utility>

namespace transport {
namespace {

using namespace varve::net;

class Recorded : public Handler {
public:
    Recorded(std::shared_ptr<Call> call, std::shared_ptr<Record> record)
        : call_(std::move(call)), record_(std::move(record)) {
        record_->note([](auto& facts) { ++facts.made; });
    }
    ~Recorded() override {
        record_->note([](auto& facts) { ++facts.destroyed; });
    }
    void on_message(std::string_view message) final {
        record_->note([](auto& facts) { ++facts.messages; });
        message_came(message);
    }
    void on_half_close() final {
        record_->note([](auto& facts) { ++facts.half_closed; });
        all_came();
    }
    void on_cancel() final {
        record_->note([](auto& facts) { ++facts.cancelled; });
    }

protected:
    virtual void message_came(std::string_view message) = 0;
    virtual void all_came() {}

    const std::shared_ptr<Call> call_;
    const std::shared_ptr<Record> record_;
};

class Unary final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view message) override { message_ = message; }
    void all_came() override {
        call_->send(message_);
        call_->finish({});
    }

private:
    std::string message_;
};

class Collect final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view message) override {
        ++count_;
        bytes_ += message.size();
    }
    void all_came() override {
        call_->send(std::to_string(count_) + " " + std::to_string(bytes_));
        call_->finish({});
    }

private:
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

class Count final : public Recorded {
public:
    using Recorded::Recorded;
    void on_room() override { more(); }

protected:
    void message_came(std::string_view message) override {
        std::istringstream(std::string(message)) >> left_ >> size_;
        message_.assign(size_, 'x');
    }
    void all_came() override { more(); }

private:
    void more() {
        for (; left_ > 0 && !call_->full(); --left_) {
            call_->send(message_);
            record_->note([](auto& facts) { ++facts.sent; });
        }
        if (left_ == 0) call_->finish({});
    }

    std::uint64_t left_ = 0;
    std::size_t size_ = 0;
    std::string message_;
};

class Bidi final : public Recorded {
public:
    using Recorded::Recorded;
    void on_room() override { call_->resume(); }

protected:
    void message_came(std::string_view message) override {
        call_->send(message);
        if (call_->full()) call_->pause();
    }
    void all_came() override { call_->finish({}); }
};

class Fail final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view message) override {
        std::istringstream(std::string(message)) >> status_.code;
        status_.message = message.substr(message.find(' ') + 1);
        status_.trailers.add("grpc-status-details-bin", std::string("\0\xFF details", 10));
        status_.trailers.add("exception", "wr\xC3\xB6ng");
    }
    void all_came() override { call_->finish(status_); }

private:
    Status status_;
};

class Early final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view message) override {
        call_->finish({.code = 9, .message = "enough after " + std::string(message.substr(0, 10))});
    }
};

class Hang final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view /*message*/) override {}
};

class Paused final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view /*message*/) override { call_->pause(); }
};

class Flood final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view /*message*/) override {
        const std::string message(64 << 10, 'f');
        for (int i = 0; i < 10'000 && !call_->ended(); ++i) call_->send(message);
    }
};

class Told final : public Recorded {
public:
    using Recorded::Recorded;

protected:
    void message_came(std::string_view /*message*/) override {}
    void all_came() override {
        Status status;
        for (const auto& [name, value] : call_->metadata().fields()) {
            if (name.starts_with("x-")) status.trailers.add(name, value);
        }
        call_->send(call_->peer());
        call_->finish(std::move(status));
    }
};

void big(const std::shared_ptr<HttpExchange>& exchange) {
    auto left = std::make_shared<std::size_t>(std::stoul(exchange->request().query));
    exchange->begin(200, {});
    const auto more = [weak = std::weak_ptr(exchange), left] {
        const auto it = weak.lock();
        if (!it || it->gone()) return;
        while (*left > 0 && !it->full()) {
            const std::size_t size = std::min<std::size_t>(*left, 10'000);
            it->piece(std::string(size, 'b'));
            *left -= size;
        }
        if (*left == 0) it->end();
    };
    // Whoever streams holds the exchange himself.
    exchange->on_change([more, held = exchange] { more(); });
    more();
}

void later(std::shared_ptr<HttpExchange> exchange) {
    Loop& loop = exchange->loop();
    std::thread([&loop, exchange = std::move(exchange)]() mutable {
        loop.post([exchange = std::move(exchange)] { exchange->respond(200, {}, "later\n"); });
    }).detach();
}

}  // namespace

Accept service(std::shared_ptr<Record> record) {
    return [record = std::move(record)](const std::shared_ptr<Call>& call) -> std::unique_ptr<Handler> {
        const std::string_view path = call->path();
        if (path == "/t/Unary") return std::make_unique<Unary>(call, record);
        if (path == "/t/Collect") return std::make_unique<Collect>(call, record);
        if (path == "/t/Count") return std::make_unique<Count>(call, record);
        if (path == "/t/Bidi") return std::make_unique<Bidi>(call, record);
        if (path == "/t/Fail") return std::make_unique<Fail>(call, record);
        if (path == "/t/Early") return std::make_unique<Early>(call, record);
        if (path == "/t/Hang") return std::make_unique<Hang>(call, record);
        if (path == "/t/Paused") return std::make_unique<Paused>(call, record);
        if (path == "/t/Flood") return std::make_unique<Flood>(call, record);
        if (path == "/t/Metadata") return std::make_unique<Told>(call, record);
        return nullptr;
    };
}

HttpHandler pages() {
    return [](std::shared_ptr<HttpExchange> exchange) {
        const HttpRequest& request = exchange->request();
        Metadata headers;
        headers.add("X-Method", request.method);
        if (request.path == "/echo") return exchange->respond(200, std::move(headers), request.body);
        if (request.path == "/query") return exchange->respond(200, std::move(headers), request.query);
        if (request.path == "/none") return exchange->respond(204, std::move(headers), "");
        if (request.path == "/big") return big(exchange);
        if (request.path == "/hang") return exchange->on_change([held = exchange] {});
        if (request.path == "/later") return later(std::move(exchange));
        if (request.path != "/stream") return exchange->respond(404, std::move(headers), "no " + request.path + "\n");
        exchange->begin(200, std::move(headers));
        for (const char* piece : {"one\n", "two\n", "three\n"}) exchange->piece(piece);
        exchange->end();
    };
}

Serving::Serving(ServerLimits limits, unsigned loops) {
    server = Server::start({.loops = loops, .limits = limits, .accept = service(record), .http = pages()}).value();
}

bool Serving::wait(const std::function<bool(const ServerCounters&)>& holds) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!holds(server->counters())) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace transport
