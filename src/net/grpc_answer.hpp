/// What a gRPC server says beside its messages, as its client reads it, and what the other ends of a call mean.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/call.hpp"
#include "net/h2_stream.hpp"

namespace varve::net {

/// The head of an answer, then its trailers; or both in one.
class GrpcAnswer {
public:
    void field(std::string_view name, std::string_view value);
    /// A block of fields is whole. A status: the call ends with it, since this is no answer of gRPC.
    [[nodiscard]] std::optional<Status> block_done();
    /// The answer's head has come.
    [[nodiscard]] bool begun() const { return begun_; }
    /// With which the server has ended the call. Ask after its end.
    [[nodiscard]] Status status() const;

private:
    struct Block {
        std::string http_status;
        std::string content_type;
        std::optional<std::string> code;
        std::string message;
        Metadata fields;
    };
    Block block_;
    std::size_t bytes_ = 0;
    bool begun_ = false;
};

/// Of an answer with an HTTP status and no gRPC status.
[[nodiscard]] Code code_of_http(unsigned status);
/// Of a stream that was reset.
[[nodiscard]] Code code_of_reset(H2Error why);

}  // namespace varve::net
