/// A store from its opening to its end, with what happens in between; then the next life.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

#include "simulation/client.hpp"
#include "simulation/run.hpp"
#include "simulation/watch.hpp"

namespace varve::simulation {

class Lives {
public:
    Lives(const RunOptions& options, Trace& trace);
    /// Also in the middle of a life, after a Violation.
    ~Lives();
    Lives(const Lives&) = delete;
    Lives& operator=(const Lives&) = delete;

    /// Opens, works, ends, in whatever way.
    void live();
    /// Opens without any fault and looks at everything once more.
    void look_back();

    std::uint64_t lives = 0;
    std::uint64_t faults = 0;
    [[nodiscard]] std::uint64_t events() const { return history_.head().value; }
    [[nodiscard]] std::uint64_t calls() const { return world_.files->calls(); }

private:
    [[nodiscard]] bool drawn() const { return !options_.calm && options_.cut == 0; }
    /// A sync that failed may take what was only handed to the operating system from the readers too.
    [[nodiscard]] bool may_read() const { return durability_ == Durability::durable || !world_.files->happened(); }
    [[nodiscard]] bool power_is_gone() const { return power_cut_ && world_.files->happened(); }
    void suffer_openings();
    /// The power took what only the operating system had.
    void lose_buffered();
    bool open();
    void draw_faults();
    void step();
    /// Something small from inside a compaction.
    void meanwhile();
    void compact();
    void look();
    void look_beside();
    void fill_disk();
    void end();
    void close();
    void die(bool power);
    void drop();
    void lie_damaged(bool clean);

    const RunOptions& options_;
    World world_;
    History history_;
    Client client_;
    std::vector<Follower> followers_;
    std::optional<Store> store_;
    std::optional<Store> beside_;
    std::uint64_t beside_since_ = 0;  ///< Client::compactions when it was opened
    bool inside_ = false;             ///< a step is under way, and may be interrupted
    std::exception_ptr broken_;       ///< a Violation while the engine was calling us
    Durability durability_ = Durability::durable;
    Position opened_;      ///< where the store ended when it was opened
    Position durable_;     ///< what even a power cut may not take
    Position required_;    ///< what the next opening must show
    bool closed_ = false;  ///< in order
    bool fault_planned_ = false;
    bool power_cut_ = false;  ///< a power cut is planned
};

}  // namespace varve::simulation
