/// A gRPC call on a stream of HTTP/2, the server's side of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/call.hpp"
#include "net/h2_body.hpp"
#include "net/message_reader.hpp"

namespace varve::net {

/// Owned by its connection while the stream is open, and by whoever else holds it. Its handler is never destroyed while one
/// of its methods may be running, but at the end of that turn.
class GrpcCall final : public Call, public H2Body {
public:
    struct Begin {
        std::string path;
        Metadata metadata;  ///< as on the wire
    };
    GrpcCall(H2Host& host, StreamId id, Begin begin);
    ~GrpcCall() override;

    /// Shows it to the service. Call once, at first.
    static void accept(const std::shared_ptr<GrpcCall>& call);

    // Call:
    [[nodiscard]] std::string_view path() const override { return path_; }
    [[nodiscard]] const Metadata& metadata() const override { return metadata_; }
    [[nodiscard]] std::string_view peer() const override { return *peer_; }
    [[nodiscard]] Clock::time_point deadline() const override { return deadline_; }
    [[nodiscard]] Loop& loop() const override { return *loop_; }
    void send(std::string_view message) override;
    [[nodiscard]] bool full() const override;
    void finish(Status status) override;
    [[nodiscard]] bool ended() const override { return ended_; }
    void pause() override { paused_ = true; }
    void resume() override;

    // H2Body:
    void data(std::string_view bytes) override;
    bool give_trailers() override;
    void end_turn() override;
    bool sent() override;
    void abandon() override;

private:
    void on_end() override;
    void on_closed() override;

    [[nodiscard]] Status read_metadata(const Metadata& raw);
    void arm_deadline();
    void deliver();
    [[nodiscard]] bool take_message();
    void count_held();
    void let_more_come();
    void forget_unread();
    /// Ends it against the handler's will, and tells it so.
    void cut(Status status);
    void send_trailers(bool first);
    void retire();

    const std::string path_;
    Metadata metadata_;
    const std::shared_ptr<const std::string> peer_;
    const std::shared_ptr<Loop> loop_;
    Clock::time_point deadline_ = Clock::time_point::max();
    Loop::TimerId timer_ = 0;
    std::unique_ptr<Handler> handler_;

    MessageReader reader_;
    std::size_t held_ = 0;        ///< of the reader, as counted in the budget
    std::size_t unconsumed_ = 0;  ///< bytes that have come and still fill the stream's window
    Status status_;
    bool paused_ = false;
    bool delivering_ = false;
    bool half_closed_ = false;  ///< and the handler was told
    bool ended_ = false;
    mutable bool told_full_ = false;  ///< and on_room is owed
    bool overrun_ = false;            ///< a message did not fit: the call ends with the turn
    bool trailers_sent_ = false;
};

}  // namespace varve::net
