/// Cuts what HTTP/1.1 brings into requests, wherever the network has cut it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace varve::net {

/// One request.
class H1Parser {
public:
    H1Parser(std::size_t head_bytes, std::size_t body_bytes);
    ~H1Parser();

    enum class Step {
        more,     ///< what was there has been read, or is too little
        head,     ///< the head is there: its facts can be asked, the body can be read
        request,  ///< it is complete
        refused,  ///< see `refusal`
    };
    /// Reads from the front of `input`, and takes away what it has read.
    [[nodiscard]] Step read(std::string& input);

    /// 400, 413, 431, 501 or 505.
    [[nodiscard]] unsigned refusal() const;
    [[nodiscard]] bool head_done() const;
    [[nodiscard]] std::size_t body_bytes() const;
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool old() const;  ///< HTTP/1.0
    [[nodiscard]] bool expects_continue() const;
    /// Once it is complete.
    [[nodiscard]] HttpRequest take(std::string peer);

private:
    struct Beast;
    std::unique_ptr<Beast> beast_;
};

}  // namespace varve::net
