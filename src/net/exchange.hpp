/// An HTTP exchange as handlers hold it, and what a version of HTTP does for it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "net/http.hpp"

namespace varve::net {

/// Where an answer goes. Called in the order head, bytes..., end; not after the exchange was detached.
class AnswerSink {
public:
    AnswerSink() = default;
    AnswerSink(const AnswerSink&) = delete;
    AnswerSink& operator=(const AnswerSink&) = delete;
    virtual ~AnswerSink() = default;

    /// `length` of the body, where it is known; `body`: bytes may follow.
    virtual void put_head(unsigned status, const Metadata& headers, std::optional<std::size_t> length, bool body) = 0;
    /// False: they do not fit, and the exchange is over.
    [[nodiscard]] virtual bool put_bytes(std::string_view bytes) = 0;
    virtual void put_end() = 0;
    /// True: Exchange::room is called when there is room again.
    [[nodiscard]] virtual bool crowded() = 0;
};

/// Whatever a handler does, the sink sees one head, then bytes, then one end.
class Exchange final : public HttpExchange {
public:
    Exchange(HttpRequest request, std::shared_ptr<Loop> loop, AnswerSink& sink)
        : request_(std::move(request)), loop_(std::move(loop)), sink_(&sink) {}

    [[nodiscard]] const HttpRequest& request() const override { return request_; }
    [[nodiscard]] Loop& loop() const override { return *loop_; }
    void respond(unsigned status, Metadata headers, std::string body) override;
    void begin(unsigned status, Metadata headers) override;
    void piece(std::string_view bytes) override;
    void end() override;
    [[nodiscard]] bool full() const override { return sink_ != nullptr && sink_->crowded(); }
    [[nodiscard]] bool gone() const override { return gone_; }
    void on_change(std::function<void()> changed) override { changed_ = std::move(changed); }

    // For the sink:
    void room();
    /// The sink goes. When the answer is not complete, the handler learns that the client is gone.
    void detach();

private:
    [[nodiscard]] bool open(bool begun) const { return sink_ != nullptr && begun_ == begun && !ended_; }
    void notify();

    const HttpRequest request_;
    const std::shared_ptr<Loop> loop_;
    AnswerSink* sink_;
    std::function<void()> changed_;
    bool begun_ = false;
    bool ended_ = false;
    bool bodyless_ = false;
    bool gone_ = false;
};

}  // namespace varve::net
