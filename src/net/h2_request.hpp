/// The head of a request on a stream of HTTP/2, while it comes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "net/h2_stream.hpp"
#include "net/http.hpp"
#include "net/metadata.hpp"

namespace varve::net {

struct H2Head {
    std::string method;
    std::string path;  ///< with the query
    Metadata fields;
    std::size_t bytes = 0;   ///< as RFC 9113 counts them: 32 more for each field
    bool too_large = false;  ///< what came after is left out

    [[nodiscard]] bool asks_grpc() const;
    /// A form of gRPC that is not spoken here.
    [[nodiscard]] bool asks_foreign_grpc() const;
    [[nodiscard]] HttpRequest request(std::string peer) &&;
};

/// Takes heads that have been read.
class H2Heads {
public:
    H2Heads() = default;
    H2Heads(const H2Heads&) = delete;
    H2Heads& operator=(const H2Heads&) = delete;
    virtual ~H2Heads() = default;
    /// Destroys the H2Request that calls it.
    virtual void head_read(StreamId id, H2Head head) = 0;
};

class H2Request final : public H2Stream {
public:
    H2Request(H2Heads& heads, StreamId id, std::size_t longest) : heads_(heads), id_(id), longest_(longest) {}

    void header(std::string_view name, std::string_view value) override;
    void head_done() override;
    void data(std::string_view /*bytes*/) override {}
    void end() override {}
    Waiting waiting() override { return {}; }
    void take(std::size_t /*count*/, std::string& /*out*/) override {}
    bool give_trailers() override { return false; }
    void end_sent() override {}
    void closed() override {}

private:
    H2Heads& heads_;
    const StreamId id_;
    const std::size_t longest_;
    H2Head head_;
};

}  // namespace varve::net
