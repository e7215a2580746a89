#include "model/step_batch.hpp"

#include <utility>

namespace varve {

Result<> StepBatch::add(ProcessInstance& instance, NewEvent event) {
    event.stream = instance.stream;
    event.id = EventId::random();
    const Expected expected = instance.revision ? Expected::exact(*instance.revision) : Expected::none();
    Event stored{};
    stored.revision = instance.revision ? *instance.revision + 1 : Revision{0};
    stored.id = event.id;
    stored.stream = event.stream;
    stored.type = event.type;
    stored.data = event.data;
    stored.metadata = event.metadata;
    if (Result<> applied = instance.apply(stored); !applied.ok()) return applied;
    if (keys_.insert(instance.key).second) commit_.conditions.push_back(StreamIs{instance.stream, expected});
    add(std::move(event));
    return {};
}

void StepBatch::add(NewEvent event) {
    bytes_ += event.data.size() + event.metadata.size();
    commit_.events.push_back(std::move(event));
}

Result<Receipt> StepBatch::append(Store& store) {
    keys_.clear();
    bytes_ = 0;
    return store.append(std::exchange(commit_, {}));
}

}  // namespace varve
