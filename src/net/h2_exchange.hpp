/// An HTTP request, and its answer, on a stream of HTTP/2.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/exchange.hpp"
#include "net/h2_body.hpp"

namespace varve::net {

/// Collects the request's body, then shows it to the handler.
class H2Exchange final : public H2Body, public AnswerSink {
public:
    H2Exchange(H2Host& host, StreamId id, HttpRequest request);

    /// Answers without asking the handler.
    void refuse(unsigned status, std::string_view why);

    // H2Body:
    void data(std::string_view bytes) override;
    bool sent() override;
    void abandon() override;

    // AnswerSink:
    void put_head(unsigned status, const Metadata& headers, std::optional<std::size_t> length, bool body) override;
    [[nodiscard]] bool put_bytes(std::string_view bytes) override;
    void put_end() override;
    [[nodiscard]] bool crowded() override;

private:
    void on_end() override;
    void on_closed() override;

    HttpRequest request_;
    std::size_t held_ = 0;
    std::shared_ptr<Exchange> exchange_;
};

}  // namespace varve::net
