#include "transport/fake_server.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <utility>

#include "transport/service.hpp"

namespace transport {

using namespace varve::net;

FakeServer::FakeServer(const std::string& address) : listener_(listen_on(address, 0).value()) {}

Line FakeServer::accept() {
    pollfd one{listener_.socket.get(), POLLIN, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::chrono::milliseconds(patience).count()));
    EXPECT_EQ(ready, 1) << "no client has come";
    Accepted accepted = accept_from(listener_.socket.get());
    EXPECT_EQ(accepted.what, Accepted::What::connection);
    return Line(std::move(accepted.socket));
}

Fields only_trailers(std::string_view code) {
    Fields fields = answer_head;
    fields.emplace_back("grpc-status", code);
    return fields;
}

std::string answer_of(std::uint32_t stream, std::string_view body) {
    return frame(headers_frame, end_headers, stream, header_block(answer_head)) +
           frame(data_frame, no_flag, stream, message(body)) +
           frame(headers_frame, end_headers | end_stream, stream, header_block(well));
}

std::uint32_t next_call(H2Client& peer) {
    const auto head = peer.next([](const Frame& one) { return one.type == headers_frame; });
    EXPECT_TRUE(head.has_value()) << "no call has come";
    return head ? head->stream : 0;
}

}  // namespace transport
