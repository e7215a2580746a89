#include "varve/testing_simulation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>

#include "engine/folder_engine.hpp"
#include "io/clock_seam.hpp"
#include "memory/memory_engine.hpp"
#include "model/crashing_engine.hpp"
#include "model/passing.hpp"

namespace varve::testing {

struct World::Inside {
    Inside(const Wire& wired, std::uint64_t number, std::string where)
        : wire(wired), seed(number), folder(std::move(where)), random(number) {}

    const Wire& wire;
    std::uint64_t seed;
    std::string folder;  ///< empty: in memory
    std::mt19937_64 random;
    std::shared_ptr<VirtualClock> clock = std::make_shared<VirtualClock>();
    std::shared_ptr<Fuse> fuse = std::make_shared<Fuse>();
    std::shared_ptr<Engine> disk;  ///< what survives
    std::optional<App> app;
    std::uint64_t ids = 0;

    void start() {
        const io::Environment environment = io::real_environment(clock);
        if (!folder.empty()) {
            disk = engine::open_folder_engine(folder, {.durability = Durability::buffered, .segment_bytes = 1 << 20},
                                              environment)
                       .value();
        } else if (disk == nullptr) {
            disk = memory::memory_engine(environment.clock);
        }
        fuse->crashed = false;
        app.emplace(Store(crashing_engine(disk, fuse)), AppOptions{.clock = clock, .background = false});
        wire(*app);
    }
    void stop() {
        app.reset();
        if (!folder.empty()) disk->close().value();
    }
    /// After a crash: starts again. Whether there was one.
    bool revive() {
        if (!fuse->crashed) return false;
        stop();
        start();
        return true;
    }
};

World::World(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {
    inside_->start();
}
World::~World() = default;

void World::attempt(const std::function<void(App&)>& work) {
    for (;;) {
        std::exception_ptr thrown;
        try {
            work(*inside_->app);
        } catch (...) {
            thrown = std::current_exception();
        }
        // What it threw may be the crash's own doing.
        if (inside_->revive()) continue;
        if (thrown) std::rethrow_exception(thrown);
        return;
    }
}

void World::settle() {
    attempt([](App& app) { testing::settle(app, std::chrono::minutes(1)).value(); });
}

void World::pass(std::chrono::microseconds time) {
    const auto settled = [this]() -> Result<> {
        settle();
        return {};
    };
    pass_time(clock(), time, settled, [this]() -> const App& { return app(); }).value();
}

void World::restart() {
    inside_->stop();
    inside_->start();
    static_cast<void>(inside_->revive());
}

void World::check(bool holds, const std::string& what) const {
    if (!holds) throw Mismatch("it does not hold that " + what);
}

App& World::app() {
    return *inside_->app;
}

VirtualClock& World::clock() {
    return *inside_->clock;
}

std::uint64_t World::seed() const {
    return inside_->seed;
}

std::uint64_t World::random(std::uint64_t below) {
    return std::uniform_int_distribution<std::uint64_t>(0, std::max<std::uint64_t>(below, 1) - 1)(inside_->random);
}

std::string World::next_id() {
    return fmt::format("world-{}", inside_->ids++);
}

/// Runs one story after the other.
struct Simulator {
    const SimulationOptions& options;
    const Wire& wire;
    const Story& story;
    SimulationReport report = {};

    std::uint64_t run(std::uint64_t seed, std::function<Crash(std::uint64_t)> plan) {
        std::string folder;
        if (!options.folder.empty()) {
            folder = (std::filesystem::path(options.folder) / ("run-" + std::to_string(seed))).string();
            std::filesystem::create_directories(options.folder);
            std::filesystem::remove_all(folder);
        }
        auto inside = std::make_unique<World::Inside>(wire, seed, folder);
        const std::shared_ptr<Fuse> fuse = inside->fuse;
        fuse->at = std::move(plan);
        std::optional<std::string> failure;
        try {
            World world(std::move(inside));
            story(world);
            world.settle();
            world.inside_->stop();
        } catch (const std::exception& exception) {
            failure = exception.what();
        } catch (...) {
            failure = "it threw something that is no std::exception";
        }
        ++report.runs;
        report.crashes += fuse->crashes.size();
        report.appends += fuse->appends;
        if (failure) {
            throw Mismatch(fmt::format(
                "seed {} fails (crashed {}); repeat it with {{.first_seed = {}, .seeds = 1}}: {}", seed,
                fuse->crashes.empty() ? "never" : fmt::format("{}", fmt::join(fuse->crashes, ", ")), seed, *failure));
        }
        if (!folder.empty()) std::filesystem::remove_all(folder);
        return fuse->appends;
    }
};

SimulationReport simulate(const SimulationOptions& options, const Wire& wire, const Story& story) {
    static constexpr int crashes_max = 8;
    Simulator simulator{options, wire, story};
    for (std::uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
        // Each seed crashes at a rate of its own, so that some get far and some hardly begin.
        std::mt19937_64 random(seed ^ 0x9E37'79B9'7F4A'7C15U);
        const std::uint64_t one_in = 2 + random() % 24;
        int crashes = 0;
        simulator.run(seed, [random, one_in, crashes](std::uint64_t) mutable {
            if (crashes == crashes_max || random() % one_in != 0) return Crash::none;
            ++crashes;
            return random() % 2 == 0 ? Crash::before : Crash::after;
        });
    }
    return simulator.report;
}

SimulationReport crash_everywhere(const SimulationOptions& options, const Wire& wire, const Story& story) {
    const bool all = options.seeds == SimulationOptions{}.seeds;
    Simulator simulator{options, wire, story};
    const std::uint64_t appends = simulator.run(0, [](std::uint64_t) { return Crash::none; });
    const std::uint64_t last = all ? 2 * appends : std::min(2 * appends, options.first_seed + options.seeds - 1);
    for (std::uint64_t seed = std::max<std::uint64_t>(1, options.first_seed); seed <= last; ++seed) {
        simulator.run(seed, [seed](std::uint64_t number) {
            if (number != (seed - 1) / 2) return Crash::none;
            return seed % 2 == 1 ? Crash::before : Crash::after;
        });
    }
    return simulator.report;
}

}  // namespace varve::testing
