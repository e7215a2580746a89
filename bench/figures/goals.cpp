#include "figures/goals.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace varve::bench {
namespace {

using enum Goal::Against;

constexpr bool floor_ = true, goal_ = false, at_least = true, at_most = false;

constexpr std::array goals = {
    Goal{"append.durable.1", floor_, probe, "", at_least, 0.8},
    Goal{"append.durable.1", goal_, probe, "", at_least, 0.95},
    Goal{"append.durable.1", goal_, other, "rocksdb", at_least, 1.35},
    Goal{"append.durable.1", goal_, p99, "bare log", at_most, 1.1},
    Goal{"append.durable.16", goal_, probe, "", at_least, 6},
    Goal{"append.durable.16", goal_, other, "rocksdb", at_least, 1.7},
    Goal{"append.durable.64", floor_, other, "rocksdb", at_least, 1},
    Goal{"append.durable.64", goal_, probe, "", at_least, 10},
    Goal{"append.durable.64", goal_, other, "rocksdb", at_least, 1.5},
    Goal{"append.durable.256", goal_, probe, "", at_least, 11.5},
    Goal{"append.durable.256", goal_, other, "rocksdb", at_least, 1.45},
    Goal{"append.durable.pipelined", goal_, probe, "", at_least, 60},
    Goal{"append.durable.batch100", goal_, probe, "", at_least, 55},
    Goal{"append.durable.batch100", goal_, other, "rocksdb", at_least, 2},
    Goal{"append.durable.batch1000", floor_, other, "rocksdb", at_least, 2},
    Goal{"append.durable.batch1000", goal_, other, "lmdb", at_least, 1.4},
    Goal{"append.durable.batch1000", goal_, other, "rocksdb", at_least, 2.8},
    Goal{"append.guarded.1", goal_, sibling, "append.durable.1", at_least, 0.8},
    Goal{"append.guarded.64", goal_, sibling, "append.durable.64", at_least, 0.8},
    Goal{"append.buffered.1", goal_, other, "rocksdb", at_least, 2},
    Goal{"append.buffered.batch1000", goal_, other, "lmdb", at_least, 1.3},
    Goal{"read.stream10.1", goal_, other, "lmdb", at_least, 1.8},
    Goal{"read.stream10.16", goal_, other, "lmdb", at_least, 1.6},
    Goal{"read.last.1", goal_, other, "lmdb", at_least, 0.9},
    Goal{"read.last.1", goal_, other, "rocksdb", at_least, 3},
    Goal{"read.last.16", goal_, other, "lmdb", at_least, 0.9},
    Goal{"read.last.16", goal_, other, "rocksdb", at_least, 3},
    Goal{"read.query10.1", goal_, sibling, "read.stream10.1", at_least, 0.5},
    Goal{"read.query10.16", goal_, sibling, "read.stream10.16", at_least, 0.5},
    Goal{"read.query10.cold", goal_, other, "bare log", at_least, 0.5},
    Goal{"read.replay.warm", floor_, absolute, "", at_least, 5e6},
    Goal{"read.replay.warm", goal_, absolute, "", at_least, 10e6},
    Goal{"read.replay.warm", goal_, other, "rocksdb", at_least, 1.6},
    Goal{"open.clean", floor_, absolute, "", at_most, 50},
    Goal{"open.clean", goal_, absolute, "", at_most, 20},
    Goal{"open.killed", goal_, absolute, "", at_most, 400},
    Goal{"disk.bytes", goal_, absolute, "", at_most, 435},
    Goal{"load.memory.growth", floor_, absolute, "", at_most, 1.15},
    Goal{"load.memory.peak", goal_, absolute, "", at_most, 200},
    Goal{"load.streams", goal_, absolute, "", at_least, 0.85},
    Goal{"command.warm.1", goal_, sibling, "command.bare.1", at_least, 0.9},
    Goal{"command.cold.1", goal_, sibling, "command.bare.1", at_least, 0.7},
    Goal{"command.warm.64", goal_, sibling, "command.bare.64", at_least, 0.9},
    Goal{"command.cold.64", goal_, sibling, "command.bare.64", at_least, 0.7},
    Goal{"command.buffered", goal_, absolute, "", at_least, 300e3},
    Goal{"projection.memory", goal_, absolute, "", at_least, 2e6},
    Goal{"projection.sqlite", goal_, absolute, "", at_least, 150e3},
    Goal{"projection.rebuild", goal_, absolute, "", at_most, 2},
    Goal{"projection.lag", goal_, absolute, "", at_most, 1},
    Goal{"query.dispatch", goal_, absolute, "", at_most, 200},
};

/// Ours as a multiple of R, where it was measured: the disk may have changed from case to case.
double share_of_limit(const CaseResult& result) {
    const Row& ours = *result.row("varve");
    return result.probes.empty() ? median_of(ours) : ratio(ours, result.probes);
}

std::string plain(double value) {
    if (value >= 1e6) return fmt::format("{:g}M", value / 1e6);
    return fmt::format("{:g}", value);
}

}  // namespace

std::string Goal::text(Unit unit) const {
    const std::string start = (at_least ? ">= " : "<= ") + plain(bound);
    switch (against) {
        case probe: return start + " R";
        case other: return fmt::format("{} x {}", start, subject);
        case sibling: return fmt::format("{} x {}", start, subject);
        case p99: return fmt::format("p99 {} x {}'s", start, subject);
        case absolute: return unit == Unit::ratio ? start : fmt::format("{} {}", start, to_string(unit));
    }
    return start;
}

std::optional<double> Goal::reached(const CaseResult& result, std::span<const CaseResult> all) const {
    const Row* ours = result.row("varve");
    if (ours == nullptr) return {};
    if (against == sibling) {
        const auto other = std::ranges::find(all, subject, &CaseResult::id);
        if (other == all.end() || other->row("varve") == nullptr) return {};
        return share_of_limit(result) / share_of_limit(*other);
    }
    if (against == absolute) return median_of(*ours);
    if (against == probe) return result.probes.empty() ? std::nullopt : std::optional(ratio(*ours, result.probes));
    const Row* other = result.row(subject);
    if (other == nullptr) return {};
    return ratio(*ours, *other, against == p99 ? &Figure::p99_us : &Figure::value);
}

std::span<const Goal> all_goals() {
    return goals;
}

}  // namespace varve::bench
