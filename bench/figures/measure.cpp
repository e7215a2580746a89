#include "figures/measure.hpp"

#include <atomic>
#include <barrier>
#include <bit>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "run/interrupt.hpp"

namespace varve::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What the threads of one run share.
struct Run {
    std::atomic<bool> stop = false;
    std::mutex mutex;
    std::optional<Error> error;

    void fail(Error failure) {
        stop = true;
        const std::scoped_lock lock(mutex);
        if (!error) error = std::move(failure);
    }
};

}  // namespace

void Latencies::add(std::chrono::nanoseconds duration) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    const auto shift =
        static_cast<unsigned>(std::max(0, static_cast<int>(std::bit_width(value)) - static_cast<int>(steps_bits) - 1));
    ++counts_[(std::uint64_t{shift} << steps_bits) + (value >> shift)];
    ++total_;
}

void Latencies::add(const Latencies& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
}

double Latencies::microseconds(double share) const {
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(total_) * share);
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        passed += counts_[i];
        if (passed <= wanted || counts_[i] == 0) continue;
        const std::size_t shift = i < (std::size_t{2} << steps_bits) ? 0 : (i >> steps_bits) - 1;
        return static_cast<double>((i - (shift << steps_bits)) << shift) / 1e3;
    }
    return 0;
}

Result<Timed> run_threads(unsigned threads, const Limits& limits,
                          const std::function<Result<>(unsigned thread, std::uint64_t i)>& operation) {
    Run run;
    std::vector<Timed> parts(threads);
    SteadyClock::time_point start;
    std::barrier ready(static_cast<std::ptrdiff_t>(threads), [&]() noexcept { start = SteadyClock::now(); });
    const auto work = [&](unsigned thread) {
        Timed& part = parts[thread];
        const std::uint64_t share = limits.operations / threads;
        ready.arrive_and_wait();
        auto before = start;
        while (part.operations < share && before - start < limits.time && !run.stop.load(std::memory_order_relaxed)) {
            if (auto worked = operation(thread, part.operations); !worked) return run.fail(std::move(worked).error());
            if (interrupted()) return run.fail({Code::cancelled, "interrupted"});
            const auto after = SteadyClock::now();
            part.latencies.add(after - before);
            before = after;
            ++part.operations;
        }
        part.time = SteadyClock::now() - start;
    };
    {
        std::vector<std::jthread> crew;
        for (unsigned thread = 1; thread < threads; ++thread) crew.emplace_back(work, thread);
        work(0);
    }
    if (run.error) return std::move(*run.error);
    Timed all;
    for (const Timed& part : parts) {
        all.operations += part.operations;
        all.time = std::max(all.time, part.time);
        all.latencies.add(part.latencies);
    }
    return all;
}

}  // namespace varve::bench
