/// Steps of instances, appended together: one commit, on condition that each instance is as it was known.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "model/process_instance.hpp"
#include "varve/store.hpp"

namespace varve {

class StepBatch {
public:
    static constexpr std::size_t events_max = 256;
    static constexpr std::size_t bytes_max = 4 << 20;

    /// Adds the next step of an instance, which takes it in at once. `type` and `event` as to be stored.
    Result<> add(ProcessInstance& instance, NewEvent event);
    /// Adds an event without a condition.
    void add(NewEvent event);

    [[nodiscard]] bool empty() const { return commit_.events.empty(); }
    [[nodiscard]] std::size_t size() const { return commit_.events.size(); }
    [[nodiscard]] bool full() const { return size() >= events_max || bytes_ >= bytes_max; }
    /// The instances that have steps in it.
    [[nodiscard]] const std::set<std::string>& keys() const { return keys_; }

    /// All or nothing; empty afterwards, whatever the answer.
    Result<Receipt> append(Store& store);

private:
    Commit commit_;
    std::set<std::string> keys_;
    std::size_t bytes_ = 0;
};

}  // namespace varve
