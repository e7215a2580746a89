/// An HTTP request and its answer, as handlers see them, whichever version of HTTP carried them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/loop.hpp"
#include "net/metadata.hpp"

namespace varve::net {

struct HttpRequest {
    std::string method;  ///< `GET`
    std::string path;    ///< `/health/live`, not decoded
    std::string query;   ///< what follows the `?`
    Metadata headers;    ///< names in lower case
    std::string body;    ///< whole, at most ServerLimits::http_body_bytes
    std::string peer;
};

/// The way back to whoever asked. Lives on its loop; where the client has gone, what is sent is dropped and `gone` is true.
class HttpExchange {
public:
    HttpExchange() = default;
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    virtual ~HttpExchange() = default;

    [[nodiscard]] virtual const HttpRequest& request() const = 0;
    [[nodiscard]] virtual Loop& loop() const = 0;

    /// The whole answer. Content-Length and Date are added.
    virtual void respond(unsigned status, Metadata headers, std::string body) = 0;
    /// Or piece by piece, e.g. server-sent events: begin once, then pieces, then end.
    virtual void begin(unsigned status, Metadata headers) = 0;
    virtual void piece(std::string_view bytes) = 0;
    virtual void end() = 0;
    /// More waits than the client takes: no piece before `on_room` is called.
    [[nodiscard]] virtual bool full() const = 0;
    [[nodiscard]] virtual bool gone() const = 0;
    /// Called in the loop's thread when there is room after `full`, and when the client has gone.
    virtual void on_change(std::function<void()> changed) = 0;
};

using HttpHandler = std::function<void(std::shared_ptr<HttpExchange> exchange)>;

}  // namespace varve::net
