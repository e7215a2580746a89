#include "net/h2_request.hpp"

#include <utility>

#include "net/http_text.hpp"

namespace varve::net {
namespace {

constexpr std::size_t bytes_beside_a_field = 32;

/// `application/grpc`, without what may follow it.
std::string_view media_type(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    const auto last = type.find_last_not_of(" \t");
    return type.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

bool H2Head::asks_grpc() const {
    if (method != "POST") return false;
    const std::string_view type = media_type(fields.find("content-type").value_or(""));
    return type == "application/grpc" || type == "application/grpc+proto";
}

bool H2Head::asks_foreign_grpc() const {
    return method == "POST" && fields.find("content-type").value_or("").starts_with("application/grpc");
}

HttpRequest H2Head::request(std::string peer) && {
    auto [its_path, its_query] = split_target(path);
    return {.method = std::move(method),
            .path = std::move(its_path),
            .query = std::move(its_query),
            .headers = std::move(fields),
            .body = {},
            .peer = std::move(peer)};
}

void H2Request::header(std::string_view name, std::string_view value) {
    head_.bytes += name.size() + value.size() + bytes_beside_a_field;
    head_.too_large = head_.too_large || head_.bytes > longest_;
    if (name == ":method") {
        head_.method = value;
    } else if (name == ":path" && !head_.too_large) {
        head_.path = value;
    } else if (name == ":authority") {
        head_.fields.add("host", std::string(value));
    } else if (!name.starts_with(':') && (!head_.too_large || name == "content-type")) {
        head_.fields.add(std::string(name), std::string(value));
    }
}

void H2Request::head_done() {
    heads_.head_read(id_, std::move(head_));
}

}  // namespace varve::net
