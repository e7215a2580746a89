#include <atomic>
#include <memory>

#include <fmt/format.h>

#include "cases/sample.hpp"
#include "cases/workload.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t streams = 10'000;
constexpr std::uint64_t outstanding_max = 1024;
constexpr std::uint64_t outstanding_min = 512;

struct Shape {
    Durability durability = Durability::durable;
    unsigned writers = 1;
    std::size_t batch = 1;
    bool pipelined = false;
    bool tagged = false;
    bool guarded = false;  ///< by a query for the tags
};

/// Lets one thread run ahead of the acknowledgements by a bounded number of commits.
class Window {
public:
    /// Waits, once the window is full, until it is half empty.
    void enter() {
        if (outstanding_.fetch_add(1) + 1 < outstanding_max) return;
        for (std::uint64_t now = outstanding_; now > outstanding_min; now = outstanding_) outstanding_.wait(now);
    }
    void leave() {
        const std::uint64_t left = outstanding_.fetch_sub(1) - 1;
        if (left == outstanding_min || left == 0) outstanding_.notify_all();
    }
    void drain() {
        for (std::uint64_t now = outstanding_; now > 0; now = outstanding_) outstanding_.wait(now);
    }

private:
    std::atomic<std::uint64_t> outstanding_ = 0;
};

/// One round: a fresh store, a warm-up, the measurement, and the check of everything acknowledged.
class Round {
public:
    Round(const Ground& ground, const Samples& samples, const Shape& shape)
        : ground_(ground), samples_(samples), shape_(shape), next_(shape.writers) {
        for (unsigned writer = 0; writer < shape.writers; ++writer) batches_.emplace_back(samples, shape.batch);
    }

    Result<Figure> run(const Contender& contender) {
        const Path folder = ground_.scratch.fresh("append");
        const auto subject = contender.make();
        auto figure = measure(*subject, contender, folder);
        if (auto closed = subject->close(); !closed && figure) figure = std::move(closed).error();
        ground_.scratch.remove(folder);
        return figure;
    }

private:
    /// The next commit of a writer: its numbers are its own, and together the writers leave no gap.
    struct alignas(64) Next {
        std::uint64_t commit = 0;
    };

    Result<Figure> measure(Subject& subject, const Contender& contender, const Path& folder) {
        if (auto worked = subject.create(folder, shape_.durability); !worked) return std::move(worked).error();
        if (auto warm = append_for(subject, ground_.scale.warm_up, ground_.scale.append_events / 5); !warm) {
            return std::move(warm).error();
        }
        auto timed = append_for(subject, ground_.scale.measure, ground_.scale.append_events);
        if (!timed) return std::move(timed).error();

        if (failed_) return Error{Code::unavailable, fmt::format("{} pipelined appends failed", failed_.load())};
        if (contender.persistent) {
            auto worked = subject.close();
            if (worked) worked = subject.open(folder, shape_.durability);
            if (!worked) return std::move(worked).error();
        }
        std::uint64_t acknowledged = 0;
        for (const Next& next : next_) acknowledged += next.commit * shape_.batch;
        if (auto worked = read_back(subject, samples_, acknowledged); !worked) return std::move(worked).error();

        Figure figure{.value = static_cast<double>(timed->operations * shape_.batch) / timed->time.count()};
        if (!shape_.pipelined) {
            figure.p50_us = timed->latencies.microseconds(0.5);
            figure.p99_us = timed->latencies.microseconds(0.99);
        }
        return figure;
    }

    Result<Timed> append_for(Subject& subject, Seconds time, std::uint64_t events) {
        const auto start = std::chrono::steady_clock::now();
        auto timed = run_threads(shape_.writers, {time, std::max<std::uint64_t>(events / shape_.batch, shape_.writers)},
                                 [&](unsigned writer, std::uint64_t) { return append_one(subject, writer); });
        window_.drain();
        if (timed && shape_.pipelined) timed->time = std::chrono::steady_clock::now() - start;
        return timed;
    }

    Result<> append_one(Subject& subject, unsigned writer) {
        std::uint64_t& commit = next_[writer].commit;
        const std::uint64_t first = (commit * shape_.writers + writer) * shape_.batch;
        const auto events = batches_[writer].fill(first, 1);
        ++commit;
        if (shape_.tagged) return subject.append_tagged(events, shape_.guarded);
        if (!shape_.pipelined) return subject.append(events);
        window_.enter();
        return subject.append_later(events, [this](bool worked) {
            if (!worked) ++failed_;
            window_.leave();
        });
    }

    const Ground& ground_;
    const Samples& samples_;
    Shape shape_;
    std::vector<Batch> batches_;
    std::vector<Next> next_;
    Window window_;
    std::atomic<std::uint64_t> failed_ = 0;
};

Case make_case(const Ground& ground, std::string id, std::string title, const Shape& shape,
               std::shared_ptr<const Samples> samples) {
    return {.id = std::move(id),
            .title = std::move(title),
            .unit = Unit::events_per_second,
            .durability = shape.durability,
            .against_probe = shape.durability == Durability::durable,
            .suits =
                [shape](const Contender& contender) {
                    return (contender.pipelined || !shape.pipelined) && (contender.tags || !shape.tagged);
                },
            .run = [&ground, shape,
                    samples](const Contender& contender) { return Round(ground, *samples, shape).run(contender); }};
}

}  // namespace

std::vector<Case> append_cases(const Ground& ground) {
    const auto samples = std::make_shared<const Samples>(streams, Spread::random);
    std::vector<Case> cases;
    for (const unsigned writers : {1U, 16U, 64U, 256U}) {
        cases.push_back(make_case(ground, fmt::format("append.durable.{}", writers),
                                  fmt::format("durable append, {} writer{}", writers, writers == 1 ? "" : "s"),
                                  {.writers = writers}, samples));
    }
    cases.push_back(
        make_case(ground, "append.durable.pipelined", "durable append, pipelined", {.pipelined = true}, samples));
    for (const std::size_t batch : {std::size_t{100}, std::size_t{1000}}) {
        cases.push_back(make_case(ground, fmt::format("append.durable.batch{}", batch),
                                  fmt::format("durable batches of {}", batch), {.batch = batch}, samples));
    }
    for (const bool guarded : {false, true}) {
        for (const unsigned writers : {1U, 64U}) {
            cases.push_back(
                make_case(ground, fmt::format("append.{}.{}", guarded ? "guarded" : "tagged", writers),
                          fmt::format("durable append with two tags, {}{} writer{}",
                                      guarded ? "if no event has both since, " : "", writers, writers == 1 ? "" : "s"),
                          {.writers = writers, .tagged = true, .guarded = guarded}, samples));
        }
    }
    cases.push_back(make_case(ground, "append.buffered.1", "buffered append, 1 writer",
                              {.durability = Durability::buffered}, samples));
    cases.push_back(make_case(ground, "append.buffered.batch1000", "buffered batches of 1000",
                              {.durability = Durability::buffered, .batch = 1000}, samples));
    return cases;
}

Result<> read_back(Subject& subject, const Samples& samples, std::uint64_t acknowledged) {
    auto reader = subject.reader();
    if (!reader) return std::move(reader).error();
    Check check(samples);
    if (auto worked = (*reader)->replay(check); !worked) return worked;
    return check.verdict(acknowledged);
}

}  // namespace varve::bench
