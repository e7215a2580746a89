#include "net/h1_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>
#include <utility>

#include "net/http_text.hpp"

namespace varve::net {
namespace {

namespace http = boost::beast::http;

std::string_view text_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

unsigned status_of(const boost::system::error_code& trouble) {
    if (trouble == http::error::header_limit) return 431;
    if (trouble == http::error::body_limit) return 413;
    if (trouble == http::error::bad_version) return 505;
    return 400;
}

/// Of `http://host/path`, which proxies are sent, the path.
std::string_view path_of(std::string_view target) {
    static constexpr std::string_view scheme = "http://";
    if (!target.starts_with(scheme)) return target;
    const auto path = target.find('/', scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

struct H1Parser::Beast {
    http::request_parser<http::string_body> parser;
    unsigned refusal = 0;
    bool head_told = false;
};

H1Parser::H1Parser(std::size_t head_bytes, std::size_t body_bytes) : beast_(std::make_unique<Beast>()) {
    beast_->parser.header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(head_bytes, std::numeric_limits<std::uint32_t>::max())));
    beast_->parser.body_limit(body_bytes);
}

H1Parser::~H1Parser() = default;

H1Parser::Step H1Parser::read(std::string& input) {
    auto& parser = beast_->parser;
    boost::system::error_code trouble;
    parser.eager(beast_->head_told);
    const std::size_t taken = parser.put(boost::asio::buffer(input), trouble);
    input.erase(0, taken);
    if (trouble && trouble != http::error::need_more) {
        beast_->refusal = status_of(trouble);
        return Step::refused;
    }
    if (parser.is_header_done() && !std::exchange(beast_->head_told, true)) {
        const auto& message = parser.get();
        if (!old() && message.count(http::field::host) != 1) {
            beast_->refusal = 400;
            return Step::refused;
        }
        if (message.count(http::field::transfer_encoding) > 0 && !parser.chunked()) {
            beast_->refusal = 501;
            return Step::refused;
        }
        return parser.is_done() ? Step::request : Step::head;
    }
    return parser.is_done() ? Step::request : Step::more;
}

unsigned H1Parser::refusal() const {
    return beast_->refusal;
}

bool H1Parser::head_done() const {
    return beast_->head_told;
}

std::size_t H1Parser::body_bytes() const {
    return beast_->parser.get().body().size();
}

bool H1Parser::keep_alive() const {
    return beast_->parser.keep_alive();
}

bool H1Parser::old() const {
    return beast_->parser.get().version() < 11;
}

bool H1Parser::expects_continue() const {
    const auto& message = beast_->parser.get();
    const auto found = message.find(http::field::expect);
    return found != message.end() && boost::beast::iequals(found->value(), "100-continue");
}

HttpRequest H1Parser::take(std::string peer) {
    auto& message = beast_->parser.get();
    auto [path, query] = split_target(path_of(text_of(message.target())));
    HttpRequest request{.method = std::string(text_of(message.method_string())),
                        .path = std::move(path),
                        .query = std::move(query),
                        .headers = {},
                        .body = std::move(message.body()),
                        .peer = std::move(peer)};
    for (const auto& field : message) {
        std::string name(text_of(field.name_string()));
        for (char& c : name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        request.headers.add(std::move(name), std::string(text_of(field.value())));
    }
    return request;
}

}  // namespace varve::net
