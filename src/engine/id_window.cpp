#include "engine/id_window.hpp"

#include <algorithm>
#include <utility>

namespace varve::engine {
namespace {

constexpr std::size_t slots_min = 1024;

/// Entries of one key that a table keeps beside one another. An id that is used again and again, by commits that are not
/// checked, would otherwise make a run of the table that every later look has to pass.
constexpr int same_max = 8;

/// A table is at most three quarters full.
constexpr std::size_t slots_for(std::size_t entries) {
    return entries + entries / 3 + 8;
}

}  // namespace

IdWindow::IdWindow(std::size_t window)
    : entries_max_(std::max<std::size_t>((window + generations - 2) / (generations - 1), 1)),
      slots_max_(slots_for(entries_max_)) {}

void IdWindow::add(std::uint64_t hash, Position position) {
    if (tables_[youngest_].used == entries_max_) {
        youngest_ = (youngest_ + generations - 1) % generations;
        // The one before has just been full, so this one will be: it is not grown once more.
        tables_[youngest_].slots.assign(slots_max_, 0);
        tables_[youngest_].used = 0;
    }
    Table& table = tables_[youngest_];
    if (slots_for(table.used) >= table.slots.size()) {
        table.grow(std::min(std::max(slots_min, table.slots.size() * 2), slots_max_));
    }
    table.put(key_of(hash) << position_bits | (position.value & position_mask));
}

void IdWindow::erase(std::uint64_t hash, Position position) {
    const std::uint64_t slot = key_of(hash) << position_bits | (position.value & position_mask);
    for (std::size_t age = 0; age < generations; ++age) {
        if (tables_[(youngest_ + age) % generations].erase(slot)) return;
    }
}

void IdWindow::Table::put(std::uint64_t slot) {
    std::size_t at = home(slot >> position_bits);
    int same = 0;
    while (slots[at] != 0 && same < same_max) {
        if (slots[at] >> position_bits == slot >> position_bits && ++same == same_max) break;
        at = after(at);
    }
    if (slots[at] == 0) ++used;
    slots[at] = slot;
}

void IdWindow::Table::grow(std::size_t to) {
    if (to <= slots.size()) return;
    const std::vector<std::uint64_t> before = std::exchange(slots, std::vector<std::uint64_t>(to));
    used = 0;
    for (const std::uint64_t slot : before) {
        if (slot != 0) put(slot);
    }
}

bool IdWindow::Table::erase(std::uint64_t slot) {
    if (slots.empty()) return false;
    std::size_t hole = home(slot >> position_bits);
    while (slots[hole] != slot) {
        if (slots[hole] == 0) return false;
        hole = after(hole);
    }
    // What was pushed past the hole moves up, so that no search stops too early.
    for (std::size_t at = after(hole); slots[at] != 0; at = after(at)) {
        const std::size_t wanted = home(slots[at] >> position_bits);
        const bool stays = hole <= at ? hole < wanted && wanted <= at : hole < wanted || wanted <= at;
        if (stays) continue;
        slots[hole] = slots[at];
        hole = at;
    }
    slots[hole] = 0;
    --used;
    return true;
}

std::size_t IdWindow::size() const {
    std::size_t entries = 0;
    for (const Table& table : tables_) entries += table.used;
    return entries;
}

std::size_t IdWindow::memory_bytes() const {
    std::size_t bytes = 0;
    for (const Table& table : tables_) bytes += table.slots.capacity() * sizeof(std::uint64_t);
    return bytes;
}

}  // namespace varve::engine
