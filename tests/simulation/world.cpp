#include "simulation/world.hpp"

#include <array>

#include "io/simulated.hpp"
#include "log/rewrite.hpp"
#include "simulation/passing.hpp"

namespace varve::simulation {
namespace {

/// Lets somebody look at what Store gives its engine.
class Overhearing final : public PassingEngine {
public:
    using PassingEngine::append;
    Overhearing(std::shared_ptr<Engine> engine, const World& world) : PassingEngine(std::move(engine)), world_(world) {}
    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        if (!world_.overhear) return PassingEngine::append(std::move(commit), options);
        world_.overhear(commit);
        // Nobody makes room while the only thread waits for it.
        return PassingEngine::append(std::move(commit), {.when_full = WhenFull::refuse});
    }

private:
    const World& world_;
};

/// Lets others work between the calls that write a segment anew.
class InterruptedFiles final : public PassingFiles {
public:
    InterruptedFiles(std::shared_ptr<io::Files> files, const World& world)
        : PassingFiles(std::move(files)), world_(world) {}
    Result<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override {
        const bool rewritten = path.filename() == log::rewriting_name && mode == io::OpenMode::create_new;
        if (rewritten && world_.meanwhile) world_.meanwhile();
        auto file = PassingFiles::open(path, mode);
        if (!file || !rewritten) return file;
        return std::unique_ptr<io::File>(std::make_unique<File>(*std::move(file), world_));
    }

private:
    class File final : public PassingFile {
    public:
        File(std::unique_ptr<io::File> file, const World& world) : PassingFile(std::move(file)), world_(world) {}
        Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) override {
            if (world_.meanwhile) world_.meanwhile();
            return PassingFile::write(offset, parts);
        }

    private:
        const World& world_;
    };

    const World& world_;
};

}  // namespace

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
    compress_ = dice.chance(10);
    sizes_ = {.open_lag_max = dice.below(60),
              .index_lag_max = dice.chance(30) ? dice.between(5, 60) : 1 << 20,
              .index_batch = dice.between(1, 40),
              .index_wake_lag = dice.between(1, 80),
              .table_capacity = dice.between(26, 60)};
}

io::Environment World::environment() const {
    const std::shared_ptr<io::Files> seen = disguise.files ? disguise.files(files) : files;
    return {.files = std::make_shared<InterruptedFiles>(seen, *this),
            .clock = clock,
            .random = random_,
            .executor = executor};
}

engine::Inside World::inside() const {
    return {.index = disguise.home ? disguise.home(home) : home, .sizes = sizes_};
}

Result<Store> World::disguised(Result<std::shared_ptr<Engine>> opened) const {
    if (!opened) return std::move(opened).error();
    auto engine = disguise.engine ? disguise.engine(*std::move(opened)) : *std::move(opened);
    return Store(std::make_shared<Overhearing>(std::move(engine), *this));
}

Result<Store> World::open(Durability durability) {
    return disguised(engine::open_writing_engine(
        folder, {.durability = durability, .segment_bytes = segment_bytes_, .compress = compress_}, environment(),
        inside()));
}

Result<Store> World::open_beside() {
    return disguised(engine::open_reading_engine(folder, environment(), inside()));
}

std::unique_ptr<World> World::copy(std::uint64_t seed) const {
    auto other = std::make_unique<World>(seed, trace, disguise);
    other->files = files->copy(seed);
    other->home = home->copy(seed);
    other->segment_bytes_ = segment_bytes_;
    other->compress_ = compress_;
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
