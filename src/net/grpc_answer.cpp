#include "net/grpc_answer.hpp"

#include <array>
#include <charconv>

#include "net/grpc_metadata.hpp"
#include "net/grpc_text.hpp"

namespace varve::net {
namespace {

/// Of all its fields, each counted as RFC 9113 does. Fields are compressed: a few bytes may mean many.
constexpr std::size_t answer_bytes_max = 64 << 10;
constexpr std::size_t bytes_beside_a_field = 32;

bool is_grpc(std::string_view content_type) {
    static constexpr std::string_view prefix = "application/grpc";
    if (!content_type.starts_with(prefix)) return false;
    content_type.remove_prefix(prefix.size());
    return content_type.empty() || content_type.front() == '+' || content_type.front() == ';';
}

std::optional<unsigned> number_in(std::string_view text) {
    unsigned number = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

void GrpcAnswer::field(std::string_view name, std::string_view value) {
    bytes_ += name.size() + value.size() + bytes_beside_a_field;
    if (bytes_ > answer_bytes_max) return;
    if (name == ":status") {
        block_.http_status = value;
    } else if (name == "content-type") {
        block_.content_type = value;
    } else if (name == "grpc-status") {
        block_.code = value;
    } else if (name == "grpc-message") {
        block_.message = percent_decoded(value);
    } else if (!name.starts_with(':') && name != "grpc-encoding" && name != "grpc-accept-encoding") {
        // What cannot be read is left out: that the call has ended, and how, matters more.
        (void)read_field(name, value, block_.fields);
    }
}

std::optional<Status> GrpcAnswer::block_done() {
    if (bytes_ > answer_bytes_max) {
        return Status::of(
            {.code = Code::resource_exhausted,
             .message = "the answer's headers are longer than " + std::to_string(answer_bytes_max) + " bytes"});
    }
    if (begun_) return std::nullopt;
    if (block_.http_status.starts_with('1')) {
        // The answer itself is still to come.
        block_ = {};
        return std::nullopt;
    }
    begun_ = true;
    // What follows it is the call's end: it came in one with the head.
    if (block_.code) return std::nullopt;
    const Block head = std::exchange(block_, {});
    if (head.http_status != "200") {
        return Status::of({.code = code_of_http(number_in(head.http_status).value_or(0)),
                           .message = "the server answered with HTTP status " + head.http_status});
    }
    if (!is_grpc(head.content_type)) {
        return Status::of({.code = Code::unknown,
                           .message = "the server answered with content-type '" + head.content_type +
                                      "', which is not gRPC's; is it a server of another kind?"});
    }
    return std::nullopt;
}

Status GrpcAnswer::status() const {
    if (!block_.code) {
        return Status::of({.code = Code::unknown, .message = "the server ended the call without a status"});
    }
    const auto code = number_in(*block_.code);
    if (!code) {
        return Status::of({.code = Code::unknown,
                           .message = "the server ended the call with status '" + *block_.code + "', which is none"});
    }
    return {.code = *code, .message = block_.message, .trailers = block_.fields};
}

Code code_of_http(unsigned status) {
    switch (status) {
        case 400: return Code::internal;
        case 401: return Code::unauthenticated;
        case 403: return Code::permission_denied;
        case 404: return Code::unimplemented;
        case 429:
        case 502:
        case 503:
        case 504: return Code::unavailable;
        default: return Code::unknown;
    }
}

Code code_of_reset(H2Error why) {
    // By the number of RFC 9113, section 7.
    static constexpr auto codes =
        std::to_array<Code>({Code::internal, Code::internal, Code::internal, Code::internal, Code::internal,
                             Code::unknown, Code::internal, Code::unavailable, Code::cancelled, Code::internal,
                             Code::internal, Code::resource_exhausted, Code::permission_denied});
    const auto number = static_cast<std::size_t>(why);
    return number < codes.size() ? codes[number] : Code::unknown;
}

}  // namespace varve::net
