/// A world made of twins in which the real folder engine runs, in one thread and from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/folder_engine.hpp"
#include "index/faulty_home.hpp"
#include "io/faulty_files.hpp"
#include "simulation/dice.hpp"
#include "simulation/trace.hpp"
#include "simulation/twins.hpp"
#include "varve/store.hpp"

namespace varve::simulation {

/// How a test puts something wrong into a world, to prove that it is found.
struct Disguise {
    std::function<std::shared_ptr<io::Files>(std::shared_ptr<io::Files>)> files = {};
    std::function<std::shared_ptr<Engine>(std::shared_ptr<Engine>)> engine = {};
    std::function<std::shared_ptr<index::Home>(std::shared_ptr<index::Home>)> home = {};
};

/// No commit of a run names more streams. (The table of streams must be able to hold them beside what the index lacks.)
inline constexpr std::uint64_t streams_per_commit_max = 5;

class World {
public:
    World(std::uint64_t seed, Trace& trace, const Disguise& disguise);

    [[nodiscard]] Result<Store> open(Durability durability);
    [[nodiscard]] Result<Store> open_beside();
    /// The same on a copy of the disk as it is now, with the index as a crash would leave it.
    [[nodiscard]] std::unique_ptr<World> copy(std::uint64_t seed) const;

    /// The process is gone (what it had given to the operating system stays), or the power.
    void kill();
    void cut_power();

    /// Shown each commit that a method of Store makes, before the engine gets it; the blocking form alone.
    std::function<void(Commit&)> overhear = {};
    /// Called now and then while a segment is written anew, when others may work: the engine holds no lock.
    std::function<void()> meanwhile = {};

    static constexpr const char* folder = "store";
    Dice dice;
    Trace& trace;
    const Disguise& disguise;
    std::shared_ptr<io::FaultyFiles> files;
    std::shared_ptr<JumpingClock> clock = std::make_shared<JumpingClock>();
    std::shared_ptr<DrawingExecutor> executor;
    std::shared_ptr<index::FaultyHome> home;

private:
    [[nodiscard]] io::Environment environment() const;
    [[nodiscard]] engine::Inside inside() const;
    [[nodiscard]] Result<Store> disguised(Result<std::shared_ptr<Engine>> opened) const;

    std::shared_ptr<io::Random> random_;
    std::uint64_t segment_bytes_;
    bool compress_;  ///< OpenOptions::compress
    engine::Sizes sizes_;
};

}  // namespace varve::simulation
