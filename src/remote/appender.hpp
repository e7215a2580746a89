/// Commits on their way to the server, in the order in which they were given.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "remote/connection.hpp"
#include "remote/head.hpp"
#include "varve/commit.hpp"

namespace varve::remote {

/// Sends them on one call, and once more what is not answered when that is lost. Any thread.
class Appender : public std::enable_shared_from_this<Appender> {
public:
    Appender(Connection& connection, std::shared_ptr<Head> head) : connection_(connection), head_(std::move(head)) {}
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;

    /// As Engine::append.
    void append(Commit commit, const AppendOptions& options, Completion done);
    /// Takes no more, and waits until what is there is answered, one way or the other. Not in the connection's thread.
    void close();

private:
    struct Waiting {
        Commit commit;
        Completion done;
        Deadline give_up;
        std::size_t bytes = 0;
        std::uint64_t number = 0;  ///< on the call
        bool sent = false;         ///< on this call, or one that was lost
    };
    class Outcomes;

    [[nodiscard]] std::optional<Error> make_room(std::size_t bytes, const AppendOptions& options);
    void submit(Waiting waiting);
    void send(Waiting& waiting);
    void answered(std::uint64_t number, Result<Receipt> outcome);
    void lost(const Error& why);
    void begin_again();
    void finish(Waiting waiting, Result<Receipt> outcome);

    Connection& connection_;
    const std::shared_ptr<Head> head_;

    std::mutex mutex_;  ///< guards the next three
    std::condition_variable changed_;
    std::size_t bytes_ = 0;  ///< given and not answered
    bool closed_ = false;

    // In the connection's thread:
    std::deque<Waiting> waiting_;  ///< in order; those behind one that waits to be sent again, wait too
    std::shared_ptr<net::ClientCall> call_;
    std::uint64_t next_ = 0;  ///< number on the call
    bool pausing_ = false;    ///< before the next try
    int attempts_ = 0;
};

}  // namespace varve::remote
