#include "simulation/world.hpp"

#include <array>

#include "io/simulated.hpp"

namespace varve::simulation {

World::World(std::uint64_t seed, Trace& told, const Disguise& worn)
    : dice(seed),
      trace(told),
      disguise(worn),
      files(std::make_shared<io::FaultyFiles>(dice.next())),
      executor(std::make_shared<DrawingExecutor>(dice.next())),
      home(std::make_shared<index::FaultyHome>(dice.next())),
      random_(std::make_shared<io::SeededRandom>(dice.next())) {
    constexpr std::array<std::uint64_t, 5> segments{8 << 10, 9 << 10, 12 << 10, 16 << 10, 64 << 10};
    segment_bytes_ = dice.pick(segments);
    sizes_ = {.open_lag_max = dice.below(60),
              .index_lag_max = dice.chance(30) ? dice.between(5, 60) : 1 << 20,
              .index_batch = dice.between(1, 40),
              .index_wake_lag = dice.between(1, 80),
              .table_capacity = dice.between(26, 60)};
}

io::Environment World::environment() const {
    return {.files = disguise.files ? disguise.files(files) : files,
            .clock = clock,
            .random = random_,
            .executor = executor};
}

Result<Store> World::disguised(Result<std::shared_ptr<Engine>> opened) const {
    if (!opened) return std::move(opened).error();
    return Store(disguise.engine ? disguise.engine(*std::move(opened)) : *std::move(opened));
}

Result<Store> World::open(Durability durability) {
    return disguised(engine::open_writing_engine(folder, {.durability = durability, .segment_bytes = segment_bytes_},
                                                 environment(), inside()));
}

Result<Store> World::open_beside() {
    return disguised(engine::open_reading_engine(folder, environment(), inside()));
}

std::unique_ptr<World> World::copy(std::uint64_t seed) const {
    auto other = std::make_unique<World>(seed, trace, disguise);
    other->files = files->copy(seed);
    other->home = home->copy(seed);
    other->segment_bytes_ = segment_bytes_;
    other->sizes_ = sizes_;
    other->clock = clock;
    return other;
}

void World::kill() {
    files->kill();
    home->crash();
}

void World::cut_power() {
    files->crash();
    home->crash();
}

}  // namespace varve::simulation
