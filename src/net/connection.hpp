/// One accepted connection: its socket, what it speaks, and when it is given up.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/budget.hpp"
#include "net/loop.hpp"
#include "net/protocol.hpp"
#include "net/socket.hpp"

namespace varve::net {

struct Shop;

/// Lives in one loop. What was touched is written once, at the end of the loop's turn; a connection that is over is
/// destroyed then too, and never earlier.
class Connection final : public Line {
public:
    Connection(Shop& shop, Descriptor socket, std::string peer);
    ~Connection() override;

    /// Watches the socket. Errors: `unavailable`.
    [[nodiscard]] Result<> start();

    // Line:
    void touch() override;
    void want_reading(bool reading) override;
    void misbehaved() override;
    [[nodiscard]] Budget& budget() override { return budget_; }
    [[nodiscard]] const std::shared_ptr<const std::string>& peer() const override { return peer_; }

    /// At the end of a turn in which it was touched.
    void end_turn();
    /// Every now and then: whoever has kept it waiting too long goes.
    void look_at_clock(Clock::time_point now);
    void drain();
    /// What is under way is told to the peer as `unavailable`, as far as the socket takes it; then it is over.
    void abandon();

    /// It may be destroyed.
    [[nodiscard]] bool over() const { return over_ && !touched_; }

private:
    void ready(bool readable, bool writable);
    void read();
    void choose(std::string_view bytes);
    void write();
    void finish();
    void drop();
    void close();

    Shop& shop_;
    Descriptor socket_;
    const std::shared_ptr<const std::string> peer_;
    Budget budget_;
    std::unique_ptr<Protocol> protocol_;
    std::string unsent_;  ///< what the socket has not taken
    std::string first_;   ///< bytes that do not tell the protocol yet

    const Clock::time_point opened_ = Clock::now();
    Clock::time_point heard_ = opened_;
    Clock::time_point busy_ = opened_;
    std::optional<Clock::time_point> asked_;     ///< whether the peer is still alive
    std::optional<Clock::time_point> finished_;  ///< when all was said; waits for the peer to close

    bool touched_ = false;
    bool blocked_ = false;
    bool draining_ = false;
    bool misbehaved_ = false;
    bool over_ = false;
};

}  // namespace varve::net
