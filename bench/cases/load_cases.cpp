#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "cases/sample.hpp"
#include "cases/workload.hpp"
#include "run/interrupt.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t streams_of_load = 100'000;
constexpr std::uint64_t few_streams = 1'000, many_streams = 1'000'000;
constexpr std::size_t load_batch = 1000;
constexpr std::uint64_t batches_per_look = 10;
constexpr std::uint64_t growth_events_min = 10'000'000;

/// What the long load's own process tells.
struct Load {
    double events_per_second = 0;
    double first_half_peak = 0, second_half_peak = 0;  ///< megabytes, without the page cache
};

/// The last event of every thousandth stream must be there.
Result<> look_up(Subject& subject, const Samples& samples) {
    auto reader = subject.reader();
    if (!reader) return std::move(reader).error();
    Touch touch;
    for (std::uint64_t i = 0; i < samples.streams(); i += 1000) {
        if (auto worked = (*reader)->last(samples.stream_name(i), touch); !worked) return worked;
    }
    if (touch.events() == (samples.streams() + 999) / 1000) return {};
    return Error{Code::data_loss, "not every stream was found again after the load"};
}

Result<Load> load_here(Subject& subject, const Samples& samples, std::uint64_t events) {
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
    if (auto found = look_up(subject, samples); !found) return std::move(found).error();
    return Load{.events_per_second = static_cast<double>(events) / time.count(),
                .first_half_peak = static_cast<double>(peaks[0]) / 1e6,
                .second_half_peak = static_cast<double>(peaks[1]) / 1e6};
}

/// The line that this program prints when it is started again with this order.
Result<std::string> ask_ourselves(const LoadOrder& order) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    std::vector<std::string> arguments{self,
                                       "--load-of",
                                       order.contender,
                                       "--load-folder",
                                       order.folder.string(),
                                       "--load-events",
                                       std::to_string(order.events),
                                       "--load-streams",
                                       std::to_string(order.streams)};
    if (order.killed) arguments.emplace_back("--load-killed");
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
    if (answered && (order.killed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL : status == 0))
        return std::string(line.data());
    return Error{Code::unavailable, fmt::format("the load's own process failed: {}", line.data())};
}

Result<Load> load_elsewhere(const LoadOrder& order) {
    auto line = ask_ourselves(order);
    if (!line) return std::move(line).error();
    Load load;
    if (std::sscanf(line->c_str(), "%lf %lf %lf", &load.events_per_second, &load.first_half_peak,
                    &load.second_half_peak) == 3) {
        return load;
    }
    return Error{Code::internal, "the load's own process answered something else: " + *line};
}

/// Each contender's load runs once and serves several cases.
class Loads {
public:
    explicit Loads(const Ground& ground) : ground_(ground) {}

    Result<Load> of(const Contender& contender) {
        if (const auto found = loads_.find(contender.name); found != loads_.end()) return found->second;
        const Path folder = ground_.scratch.fresh("load");
        auto load = load_elsewhere({.contender = contender.name,
                                    .folder = folder,
                                    .events = ground_.scale.load_events,
                                    .streams = streams_of_load});
        ground_.scratch.remove(folder);
        if (!load) return load;
        return loads_.emplace(contender.name, *load).first->second;
    }

private:
    const Ground& ground_;
    std::map<std::string, Load> loads_;
};

/// How much slower appending is with a million streams than with a thousand.
Result<Figure> spread_wide(const Ground& ground, const Contender& contender) {
    Figure figure{.value = 1};
    for (const std::uint64_t streams : {few_streams, many_streams}) {
        const Path folder = ground.scratch.fresh("load");
        const auto load = load_elsewhere(
            {.contender = contender.name, .folder = folder, .events = ground.scale.load_events, .streams = streams});
        ground.scratch.remove(folder);
        if (!load) return load.error();
        figure.value = load->events_per_second / figure.value;
    }
    return figure;
}

/// From the death of a process that was loading to the first event read by the next.
Result<Figure> reopen_killed(const Ground& ground, const Contender& contender) {
    const Path folder = ground.scratch.fresh("load");
    const LoadOrder order{.contender = contender.name,
                          .folder = folder,
                          .events = ground.scale.load_events,
                          .streams = streams_of_load,
                          .killed = true};
    if (auto load = load_elsewhere(order); !load) return std::move(load).error();
    const Samples samples(order.streams, Spread::random);
    const auto subject = contender.make();
    const auto start = std::chrono::steady_clock::now();
    auto worked = subject->open(folder, Durability::buffered);
    Touch touch;
    if (worked) {
        auto reader = subject->reader();
        worked = reader ? (*reader)->last(samples.stream_name(0), touch) : Result<>(reader.error());
    }
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (worked) worked = look_up(*subject, samples);
    if (auto closed = subject->close(); worked) worked = std::move(closed);
    ground.scratch.remove(folder);
    if (!worked) return std::move(worked).error();
    return Figure{.value = time.count()};
}

bool takes_part(const Contender& contender) {
    return contender.name == "varve" || contender.name == "rocksdb";
}

}  // namespace

std::vector<Case> load_cases(const Ground& ground) {
    const auto loads = std::make_shared<Loads>(ground);
    const auto make = [&](std::string id, std::string title, Unit unit, std::function<double(const Load&)> value) {
        return Case{.id = std::move(id),
                    .title = fmt::format("load of {}M, {}", ground.scale.load_events / 1'000'000, title),
                    .unit = unit,
                    .durability = Durability::buffered,
                    .rounds = 1,
                    .suits = takes_part,
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
    cases.push_back({.id = "load.streams",
                     .title = "append rate, 1M streams / 1k",
                     .unit = Unit::ratio,
                     .durability = Durability::buffered,
                     .rounds = 1,
                     .suits = takes_part,
                     .run = [&ground](const Contender& contender) { return spread_wide(ground, contender); }});
    cases.push_back({.id = "open.killed",
                     .title = fmt::format("open {}M after kill -9", ground.scale.load_events / 1'000'000),
                     .unit = Unit::milliseconds,
                     .durability = Durability::buffered,
                     .rounds = 1,
                     .suits = takes_part,
                     .run = [&ground](const Contender& contender) { return reopen_killed(ground, contender); }});
    return cases;
}

int run_load(const Contender& contender, const LoadOrder& order) {
    const Samples samples(order.streams, order.streams == streams_of_load ? Spread::random : Spread::turns);
    const auto subject = contender.make();
    auto worked = subject->create(order.folder, Durability::buffered);
    auto load = worked ? load_here(*subject, samples, order.events) : Result<Load>(std::move(worked).error());
    if (order.killed && load) {
        fmt::print("{} {} {}\n", load->events_per_second, load->first_half_peak, load->second_half_peak);
        std::fflush(stdout);
        ::raise(SIGKILL);
    }
    if (auto closed = subject->close(); !closed && load) load = std::move(closed).error();
    if (!load) {
        fmt::print("{}\n", load.error().to_string());
        return 1;
    }
    fmt::print("{} {} {}\n", load->events_per_second, load->first_half_peak, load->second_half_peak);
    return 0;
}

}  // namespace varve::bench
