/// A gRPC call, its client's side of it: what waits to be sent, what has come, and its one end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/client.hpp"
#include "net/grpc_answer.hpp"
#include "net/h2_session.hpp"
#include "net/h2_stream.hpp"
#include "net/message_reader.hpp"
#include "net/send_buffer.hpp"

namespace varve::net {

class OutgoingCall;

/// The connection, as its calls see it. Outlives none of its streams' `closed`, or tells the call that it is `lost`.
class CallLine {
public:
    CallLine() = default;
    CallLine(const CallLine&) = delete;
    CallLine& operator=(const CallLine&) = delete;
    virtual ~CallLine() = default;

    [[nodiscard]] virtual H2Session& session() = 0;
    /// There is something to send with the end of this turn.
    virtual void touch() = 0;
    /// The answer was whole before all was sent: where the server does not end the stream in this turn, we do.
    virtual void leave(StreamId id) = 0;
};

/// The calls' owner. Before it goes it ends them.
class CallBook {
public:
    CallBook() = default;
    CallBook(const CallBook&) = delete;
    CallBook& operator=(const CallBook&) = delete;
    virtual ~CallBook() = default;

    virtual void ended(std::uint64_t number) = 0;
};

/// Held by its client until its end, and by its connection until its stream is closed. Whatever its Answers do, they do it
/// last: nothing of the client or the connection is touched after them.
class OutgoingCall final : public ClientCall, public H2Stream, public std::enable_shared_from_this<OutgoingCall> {
public:
    struct Begin {
        std::uint64_t number;  ///< its client's calls are counted
        std::string path;
        std::vector<Metadata::Field> fields;  ///< as on the wire
        Clock::time_point deadline;
        std::shared_ptr<Answers> answers;
        std::size_t message_bytes;
    };
    OutgoingCall(Loop& loop, CallBook& book, Begin begin);

    /// Call once, at first.
    void arm_deadline();
    /// Opens a stream for it. False: this connection opens no more.
    [[nodiscard]] bool open(CallLine& line, std::string_view authority);
    [[nodiscard]] StreamId id() const { return id_; }
    /// The connection is no more.
    void lost(const Status& status);
    /// Ends it, where it has not ended, and stops its stream.
    void end_with(const Status& status);

    // ClientCall:
    void send(std::string_view message) override;
    void half_close() override;
    void cancel() override;
    void pause() override { paused_ = true; }
    void resume() override;

    // H2Stream:
    void header(std::string_view name, std::string_view value) override;
    void head_done() override;
    void data(std::string_view bytes) override;
    void end() override;
    Waiting waiting() override;
    void take(std::size_t count, std::string& out) override { unsent_.take(count, out); }
    void end_sent() override { end_sent_ = true; }
    void broken(H2Error why) override;
    void closed() override;

private:
    void wake();
    void deliver();
    [[nodiscard]] bool take_message();
    void consume();
    void finish(const Status& status);
    void end_later(Status status);

    Loop& loop_;
    CallBook& book_;
    Begin begin_;
    CallLine* line_ = nullptr;
    StreamId id_ = 0;
    Loop::TimerId timer_ = 0;

    SendBuffer unsent_;
    MessageReader reader_;
    GrpcAnswer answer_;
    std::size_t unconsumed_ = 0;  ///< bytes that have come and still fill the stream's window
    bool sealed_ = false;         ///< half closed, by us
    bool end_sent_ = false;
    bool asleep_ = false;  ///< the session does not ask before it is told to
    bool whole_ = false;   ///< the server has said all
    bool paused_ = false;
    bool resuming_ = false;
    bool delivering_ = false;
    bool ended_ = false;
};

}  // namespace varve::net
