#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "cases/sample.hpp"
#include "cases/workload.hpp"
#include "run/interrupt.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t streams = 100'000;
constexpr std::size_t load_batch = 1000;
constexpr std::uint64_t batches_per_look = 10;
constexpr std::uint64_t growth_events_min = 10'000'000;

/// What the long load's own process tells.
struct Load {
    double events_per_second = 0;
    double first_half_peak = 0, second_half_peak = 0;  ///< megabytes, without the page cache
};

Result<Load> load_here(Subject& subject, std::uint64_t events) {
    const Samples samples(streams, Spread::random);
    Batch batch(samples, load_batch);
    std::array<std::uint64_t, 2> peaks{};
    const std::uint64_t own = resident_bytes();
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t first = 0; first < events; first += load_batch) {
        if (interrupted()) return Error{Code::cancelled, "interrupted"};
        if (auto worked = subject.append(batch.fill(first, 1)); !worked) return std::move(worked).error();
        if (first / load_batch % batches_per_look != 0) continue;
        std::uint64_t& peak = peaks[first * 2 < events ? 0 : 1];
        peak = std::max(peak, resident_bytes() - std::min(resident_bytes(), own));
    }
    const Seconds time = std::chrono::steady_clock::now() - start;
    auto reader = subject.reader();
    if (!reader) return std::move(reader).error();
    Touch touch;
    for (std::uint64_t i = 0; i < streams; i += 1000) {
        if (auto worked = (*reader)->last(samples.stream_name(i), touch); !worked) return std::move(worked).error();
    }
    if (touch.events() != streams / 1000)
        return Error{Code::data_loss, "not every stream was found again after the load"};
    return Load{.events_per_second = static_cast<double>(events) / time.count(),
                .first_half_peak = static_cast<double>(peaks[0]) / 1e6,
                .second_half_peak = static_cast<double>(peaks[1]) / 1e6};
}

/// The first line that this program prints when it is started again with these arguments.
Result<std::string> ask_ourselves(std::vector<std::string> arguments) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    arguments.insert(arguments.begin(), self);
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);

    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return Error{Code::unavailable, "cannot make a pipe for the load's own process"};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, self.c_str(), &actions, nullptr, raw.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    const std::unique_ptr<FILE, int (*)(FILE*)> answer(::fdopen(ends[0], "r"), ::fclose);
    if (failed != 0) return Error{Code::unavailable, "cannot start the load's own process"};

    std::array<char, 512> line{};
    const bool answered = std::fgets(line.data(), static_cast<int>(line.size()), answer.get()) != nullptr;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (interrupted()) return Error{Code::cancelled, "interrupted"};
    if (answered && status == 0) return std::string(line.data());
    return Error{Code::unavailable, fmt::format("the load's own process failed: {}", line.data())};
}

/// Each contender's load runs once and serves several cases.
class Loads {
public:
    explicit Loads(const Ground& ground) : ground_(ground) {}

    Result<Load> of(const Contender& contender) {
        if (const auto found = loads_.find(contender.name); found != loads_.end()) return found->second;
        const Path folder = ground_.scratch.fresh("load");
        auto line = ask_ourselves({"--load-of", contender.name, "--load-folder", folder.string(), "--load-events",
                                   std::to_string(ground_.scale.load_events)});
        ground_.scratch.remove(folder);
        if (!line) return std::move(line).error();
        Load load;
        if (std::sscanf(line->c_str(), "%lf %lf %lf", &load.events_per_second, &load.first_half_peak,
                        &load.second_half_peak) != 3) {
            return Error{Code::internal, "the load's own process answered something else: " + *line};
        }
        return loads_.emplace(contender.name, load).first->second;
    }

private:
    const Ground& ground_;
    std::map<std::string, Load> loads_;
};

}  // namespace

std::vector<Case> load_cases(const Ground& ground) {
    const auto loads = std::make_shared<Loads>(ground);
    const auto make = [&](std::string id, std::string title, Unit unit, std::function<double(const Load&)> value) {
        return Case{
            .id = std::move(id),
            .title = fmt::format("load of {}M, {}", ground.scale.load_events / 1'000'000, title),
            .unit = unit,
            .durability = Durability::buffered,
            .rounds = 1,
            .suits =
                [](const Contender& contender) { return contender.name == "varve" || contender.name == "rocksdb"; },
            .run = [loads, value](const Contender& contender) -> Result<Figure> {
                auto load = loads->of(contender);
                if (!load) return std::move(load).error();
                return Figure{.value = value(*load)};
            }};
    };
    std::vector<Case> cases;
    cases.push_back(make("load.rate", "batches of 1000", Unit::events_per_second,
                         [](const Load& load) { return load.events_per_second; }));
    cases.push_back(make("load.memory.peak", "peak of memory", Unit::megabytes,
                         [](const Load& load) { return std::max(load.first_half_peak, load.second_half_peak); }));
    // In a shorter load the halves differ because bounded buffers are still filling in the first.
    if (ground.scale.load_events >= growth_events_min) {
        cases.push_back(make("load.memory.growth", "2nd half's / 1st", Unit::ratio, [](const Load& load) {
            return load.second_half_peak / std::max(load.first_half_peak, 1.0);
        }));
    }
    return cases;
}

int run_load(const Contender& contender, const Path& folder, std::uint64_t events) {
    const auto subject = contender.make();
    auto worked = subject->create(folder, Durability::buffered);
    auto load = worked ? load_here(*subject, events) : Result<Load>(std::move(worked).error());
    if (auto closed = subject->close(); !closed && load) load = std::move(closed).error();
    if (!load) {
        fmt::print("{}\n", load.error().to_string());
        return 1;
    }
    fmt::print("{} {} {}\n", load->events_per_second, load->first_half_peak, load->second_half_peak);
    return 0;
}

}  // namespace varve::bench
