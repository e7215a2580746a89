#include "engine/id_window.hpp"

#include <algorithm>
#include <utility>

namespace varve::engine {
namespace {

constexpr std::size_t lines_min = 128;

/// Entries of one key that a table keeps beside one another. An id that is used again and again, by commits that are not
/// checked, would otherwise make a run of the table that every later look has to pass.
constexpr int same_max = 8;

/// A table is at most two thirds full.
constexpr std::size_t lines_for(std::size_t entries) {
    return (entries + entries / 2) / 8 + 1;
}

}  // namespace

IdWindow::IdWindow(std::size_t window)
    : entries_max_(std::max<std::size_t>((window + generations - 2) / (generations - 1), 1)),
      lines_max_(lines_for(entries_max_)) {}

void IdWindow::add(std::uint64_t hash, Position position) {
    if (tables_[youngest_].used == entries_max_) {
        youngest_ = (youngest_ + generations - 1) % generations;
        // The one before has just been full, so this one will be: it is not grown once more.
        tables_[youngest_].lines.assign(lines_max_, {});
        tables_[youngest_].used = 0;
        if (!filter_.begun()) begin_filter();
        filter_.clear(youngest_);
    }
    Table& table = tables_[youngest_];
    if (lines_for(table.used) >= table.lines.size()) {
        table.grow(std::min(std::max(lines_min, table.lines.size() * 2), lines_max_));
    }
    const std::uint64_t key = key_of(hash);
    table.put(key << position_bits | (position.value & position_mask));
    filter_.add(key, youngest_);
}

void IdWindow::begin_filter() {
    filter_.begin(entries_max_, key_bits);
    for (std::size_t generation = 0; generation < generations; ++generation) {
        for (const Line& line : tables_[generation].lines) {
            for (const std::uint64_t slot : line.slots) {
                if (slot != 0) filter_.add(slot >> position_bits, generation);
            }
        }
    }
}

void IdWindow::erase(std::uint64_t hash, Position position) {
    const std::uint64_t slot = key_of(hash) << position_bits | (position.value & position_mask);
    for (std::size_t age = 0; age < generations; ++age) {
        if (tables_[(youngest_ + age) % generations].erase(slot)) return;
    }
}

void IdWindow::Table::put(std::uint64_t slot) {
    const std::uint64_t key = slot >> position_bits;
    int same = 0;
    for (std::size_t at = home(key);; at = after(at)) {
        for (std::uint64_t& there : lines[at].slots) {
            if (there != 0 && (there >> position_bits != key || ++same < same_max)) continue;
            if (there == 0) ++used;
            there = slot;
            return;
        }
    }
}

void IdWindow::Table::grow(std::size_t to) {
    if (to <= lines.size()) return;
    const std::vector<Line> before = std::exchange(lines, std::vector<Line>(to));
    used = 0;
    for (const Line& line : before) {
        for (const std::uint64_t slot : line.slots) {
            if (slot != 0) put(slot);
        }
    }
}

bool IdWindow::Table::erase(std::uint64_t slot) {
    if (lines.empty()) return false;
    for (std::size_t at = home(slot >> position_bits);; at = after(at)) {
        const auto found = std::ranges::find(lines[at].slots, slot);
        if (found != lines[at].slots.end()) {
            close_up(at, static_cast<std::size_t>(found - lines[at].slots.begin()));
            --used;
            return true;
        }
        if (!lines[at].full()) return false;
    }
}

void IdWindow::Table::close_up(std::size_t at, std::size_t hole) {
    Line& line = lines[at];
    if (line.full()) {
        for (std::size_t next = after(at);; next = after(next)) {
            for (std::size_t i = 0; i < line.slots.size(); ++i) {
                const std::uint64_t slot = lines[next].slots[i];
                if (slot == 0) break;
                const std::size_t wanted = home(slot >> position_bits);
                // Does it lie at or before the hole's line, going round?
                const bool fits = at < next ? wanted <= at || wanted > next : wanted <= at && wanted > next;
                if (!fits) continue;
                line.slots[hole] = slot;
                close_up(next, i);
                return;
            }
            if (!lines[next].full()) break;
        }
    }
    const auto end = std::ranges::find(line.slots, std::uint64_t{0});
    line.slots[hole] = *(end - 1);
    *(end - 1) = 0;
}

std::size_t IdWindow::size() const {
    std::size_t entries = 0;
    for (const Table& table : tables_) entries += table.used;
    return entries;
}

std::size_t IdWindow::memory_bytes() const {
    std::size_t bytes = filter_.memory_bytes();
    for (const Table& table : tables_) bytes += table.lines.capacity() * sizeof(Line);
    return bytes;
}

}  // namespace varve::engine
