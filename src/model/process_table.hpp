/// The instances of a process that are in memory: all that have something open, and the latest of the others.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/process_instance.hpp"

namespace varve {

/// Instances without anything open that are kept in memory.
inline constexpr std::size_t idle_instances_max = 4096;

class ProcessTable {
public:
    /// nullptr: it is not in memory.
    [[nodiscard]] ProcessInstance* find(const std::string& key);
    /// Puts it in, or in the place of the one with its key; the answer stays valid until it is dropped or put again.
    ProcessInstance& put(ProcessInstance instance);
    /// To be called after every change of an instance.
    void changed(const ProcessInstance& instance);
    void drop(const std::string& key);
    /// Forgets instances without anything open, the longest untouched first. Invalidates references to those.
    void trim();

    using Due = std::set<std::pair<Timestamp, std::string>>;
    /// When which instance may send its first command, fires its first timer: in the order of time.
    [[nodiscard]] const Due& commands_due() const { return commands_due_; }
    [[nodiscard]] const Due& timers_due() const { return timers_due_; }
    /// Up to `most` instances that are due.
    [[nodiscard]] static std::vector<std::string> due_by(const Due& due, Timestamp now, std::size_t most);
    [[nodiscard]] std::vector<std::string> open_keys() const;
    [[nodiscard]] std::uint64_t open_count() const { return open_; }
    [[nodiscard]] std::uint64_t timers() const { return timers_; }
    [[nodiscard]] std::uint64_t commands() const { return commands_; }
    /// In the order of keys.
    [[nodiscard]] const std::map<std::string, record::Trouble>& quarantined() const { return quarantined_; }

private:
    /// An instance, and what it is counted with.
    struct Entry {
        std::unique_ptr<ProcessInstance> instance;
        std::optional<Timestamp> command_due = {}, timer_due = {};
        std::size_t timers = 0, commands = 0;
        bool open = false;
        std::list<std::string>::iterator used = {};  ///< its place in used_ when it is not open
        bool listed = false;
    };

    void take_out(Entry& entry);
    void count(Entry& entry);

    std::unordered_map<std::string, Entry> entries_;
    Due commands_due_, timers_due_;
    std::list<std::string> used_;  ///< instances that are not open, the latest last
    std::map<std::string, record::Trouble> quarantined_;
    std::uint64_t open_ = 0, timers_ = 0, commands_ = 0;
};

}  // namespace varve
