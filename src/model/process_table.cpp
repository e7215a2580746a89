#include "model/process_table.hpp"

namespace varve {

ProcessInstance* ProcessTable::find(const std::string& key) {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : found->second.instance.get();
}

ProcessInstance& ProcessTable::put(ProcessInstance instance) {
    const std::string key = instance.key;
    Entry& entry = entries_[key];
    take_out(entry);
    entry.instance = std::make_unique<ProcessInstance>(std::move(instance));
    count(entry);
    return *entry.instance;
}

void ProcessTable::changed(const ProcessInstance& instance) {
    Entry& entry = entries_.at(instance.key);
    take_out(entry);
    count(entry);
}

void ProcessTable::drop(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    take_out(found->second);
    entries_.erase(found);
}

void ProcessTable::trim() {
    while (used_.size() > idle_instances_max) {
        const std::string key = used_.front();
        drop(key);
    }
}

std::vector<std::string> ProcessTable::due_by(const Due& due, Timestamp now, std::size_t most) {
    std::vector<std::string> keys;
    for (const auto& [time, key] : due) {
        if (time > now || keys.size() == most) break;
        keys.push_back(key);
    }
    return keys;
}

std::vector<std::string> ProcessTable::open_keys() const {
    std::vector<std::string> keys;
    keys.reserve(open_);
    for (const auto& [key, entry] : entries_) {
        if (entry.open) keys.push_back(key);
    }
    return keys;
}

void ProcessTable::take_out(Entry& entry) {
    if (entry.instance == nullptr) return;
    const std::string& key = entry.instance->key;
    if (entry.command_due) commands_due_.erase({*entry.command_due, key});
    if (entry.timer_due) timers_due_.erase({*entry.timer_due, key});
    timers_ -= entry.timers;
    commands_ -= entry.commands;
    open_ -= entry.open ? 1 : 0;
    if (entry.listed) used_.erase(entry.used);
    quarantined_.erase(key);
    entry.listed = false;
}

void ProcessTable::count(Entry& entry) {
    const ProcessInstance& instance = *entry.instance;
    entry.command_due = instance.command_due();
    entry.timer_due = instance.timer_due();
    if (entry.command_due) commands_due_.insert({*entry.command_due, instance.key});
    if (entry.timer_due) timers_due_.insert({*entry.timer_due, instance.key});
    entry.timers = instance.timers.size();
    entry.commands = instance.commands.size();
    entry.open = instance.open();
    timers_ += entry.timers;
    commands_ += entry.commands;
    open_ += entry.open ? 1 : 0;
    entry.listed = !entry.open;
    if (entry.listed) entry.used = used_.insert(used_.end(), instance.key);
    if (instance.quarantine) quarantined_.emplace(instance.key, *instance.quarantine);
}

}  // namespace varve
