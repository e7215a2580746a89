/// The commits of a memory store by the ids of their events and their command ids: all of them, for ever.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memory/record.hpp"
#include "varve/commit.hpp"
#include "varve/result.hpp"

namespace varve::memory {

class Originals {
public:
    /// As Store::find_command.
    [[nodiscard]] std::optional<Receipt> find_command(std::string_view command_id) const;
    /// The receipt of a commit that is there already; nothing when it is new. `already_exists`: a part of it is there.
    /// `conditions_hold`: then one with a locator is new without further ado. `truncated`: what lies below is removed of the
    /// locator's stream. `streams`: the positions of each stream.
    [[nodiscard]] Result<std::optional<Receipt>> find(
        const Commit& commit, bool conditions_hold, Revision truncated, const std::deque<Record>& records,
        const std::map<std::string, std::vector<Position>, std::less<>>& streams) const;
    void add(const Event& event) { places_.emplace(event.id, event.position); }
    void add(const std::string& command_id, const Receipt& receipt);

private:
    std::multimap<EventId, Position> places_;
    std::map<std::string, Receipt, std::less<>> commands_;
};

}  // namespace varve::memory
