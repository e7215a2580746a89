#include "model/process_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/guard.hpp"
#include "model/metadata.hpp"
#include "store/names.hpp"
#include "varve/limits.hpp"

namespace varve {

ProcessRunner::ProcessRunner(const detail::ProcessType& type, const Store& store, CommandBus& commands,
                             std::shared_ptr<Clock> clock)
    : type_(type), store_(store), commands_(commands), clock_(std::move(clock)), log_(store, type.category) {}

Result<> ProcessRunner::start() {
    auto start = log_.read();
    if (!start.ok()) return std::move(start).error();
    unheard_ = std::move(start->unheard);
    running_ = static_cast<std::int64_t>(start->running);
    position_ = next_ = start->position;
    started_ = std::max(store_.head(), position_);
    for (const std::string& key : start->open) {
        if (Result<> loaded = reload(key); !loaded.ok()) return loaded;
    }
    if (started_ == position_) return {};
    auto own = store_.read({.source = Category{std::string(type_.category)}, .from = position_, .until = started_ - 1});
    if (!own.ok()) return std::move(own).error();
    while (const Event* event = own->next()) {
        if (Result<> taken = take_own(*event); !taken.ok()) return taken;
        table_.trim();
    }
    return own->status();
}

/// A step of this process, met in the log: one that is not known yet was made before the start, or by another App.
Result<> ProcessRunner::take_own(const Event& event) {
    if (event.stream.size() <= type_.category.size() + 1) return {};
    const std::string key(event.stream.substr(type_.category.size() + 1));
    running_ += event.revision.value == 0 ? 1 : 0;
    if (const auto step = record::read_step(event); step.ok()) running_ -= step->finishes ? 1 : 0;
    ProcessInstance* instance = table_.find(key);
    if (instance != nullptr && instance->revision && *instance->revision >= event.revision) return {};
    const bool next = instance != nullptr ? instance->revision && *instance->revision + 1 == event.revision &&
                                                instance->state == nullptr
                                          : event.revision.value == 0;
    if (!next || batch_.keys().contains(key)) return batch_.keys().contains(key) ? Result<>() : reload(key);
    if (instance == nullptr) instance = &table_.put({.key = key, .stream = std::string(event.stream)});
    instance->take_in(event);
    table_.changed(*instance);
    return {};
}

Result<ProcessInstance*> ProcessRunner::load(const std::string& key, bool with_state) {
    if (ProcessInstance* known = table_.find(key); known != nullptr) return known;
    auto folded = fold_instance(store_, type_, key, with_state);
    if (!folded.ok()) return std::move(folded).error();
    return &table_.put(std::move(folded->instance));
}

Result<> ProcessRunner::reload(const std::string& key) {
    auto folded = fold_instance(store_, type_, key, false);
    if (!folded.ok()) return std::move(folded).error();
    table_.put(std::move(folded->instance));
    return {};
}

Result<> ProcessRunner::fold_state(ProcessInstance*& instance, std::optional<Error>& problem) {
    if (instance->state != nullptr) return {};
    auto folded = fold_instance(store_, type_, instance->key, true);
    if (!folded.ok()) return std::move(folded).error();
    problem = std::move(folded->state_error);
    if (folded->instance.revision == instance->revision) {
        instance->state = std::move(folded->instance.state);
    } else if (!batch_.keys().contains(instance->key)) {
        instance = &table_.put(std::move(folded->instance));
    }
    if (instance->state == nullptr && !problem) {
        problem = Error{.code = Code::internal, .message = "its state was asked for before its steps were on record"};
    }
    return {};
}

Result<> ProcessRunner::hear(const Event& event) {
    reach(event.position + 1);
    if (event.stream.starts_with(type_.category) && category_of(event.stream) == type_.category) {
        const auto mine = own_.find(event.position);
        if (mine != own_.end()) {
            running_ += mine->second;
            own_.erase(mine);
        } else if (event.position >= started_) {
            return take_own(event);
        }
        return {};
    }
    const auto hearers = hearers_of(event);
    if (!hearers.ok()) return pass_over(event, hearers.error());
    for (const detail::Hearer& hearer : *hearers) {
        if (Result<> heard = hear_by(hearer, event, false); !heard.ok()) return heard;
    }
    return {};
}

Result<std::vector<detail::Hearer>> ProcessRunner::hearers_of(const Event& event) const {
    std::vector<detail::Hearer> hearers;
    const auto chosen = type_.hears.step_for(event);
    if (!chosen.ok()) return chosen.error();
    const detail::HearStep* step = *chosen;
    if (step == nullptr) return hearers;
    std::string where = fmt::format("key({}) of {}", event.type, type_.name);
    const Result<> found = guarded(
        [&]() -> Result<> {
            auto answer = step->hearers(event);
            if (!answer.ok()) return std::move(answer).error();
            hearers = std::move(*answer);
            return {};
        },
        [&] { return where; });
    if (!found.ok()) return found.error();
    for (const detail::Hearer& hearer : hearers) {
        if (hearer.key.empty()) {
            return Error{.code = Code::invalid_argument,
                         .message = where + " is empty; answer std::nullopt for an event that concerns no instance"};
        }
        const std::string fault = store::name_fault(stream_of_instance(type_, hearer.key), limits::stream_name_bytes);
        if (fault.empty()) continue;
        return Error{.code = Code::invalid_argument, .message = where + " makes the name of a stream that " + fault};
    }
    return hearers;
}

bool ProcessRunner::passes_by(const ProcessInstance& instance, const detail::Hearer& hearer, const Event& event,
                              bool late) {
    if (instance.finished || instance.quarantine || (!instance.revision && !hearer.starts)) return true;
    return late ? instance.late.contains(event.position) : instance.passed(event.position);
}

Result<> ProcessRunner::hear_by(const detail::Hearer& hearer, const Event& event, bool late) {
    auto loaded = load(hearer.key, true);
    if (!loaded.ok()) return std::move(loaded).error();
    ProcessInstance* instance = *loaded;
    if (passes_by(*instance, hearer, event, late)) return {};
    std::optional<Error> problem;
    if (Result<> folded = fold_state(instance, problem); !folded.ok()) return folded;
    if (passes_by(*instance, hearer, event, late)) return {};
    record::Step record{.time = event.created, .heard = event.position};
    if (!problem) {
        detail::Reaction reaction{instance->state.get(), {}, instance->key};
        Result<> heard = hear_into(reaction, type_, event);
        if (heard.ok()) heard = complete(record, reaction.steps);
        if (heard.ok()) heard = add_step(*instance, record::heard, record, caused_by(event));
        if (heard.ok()) return heard;
        problem = heard.error();
    }
    Error named = std::move(*problem).within(
        fmt::format("position {} (stream '{}', {})", event.position.value, event.stream, event.type));
    if (!late) return quarantine(*instance, event.position, named);
    instance->state = nullptr;
    return named;
}

Result<> ProcessRunner::pass_over(const Event& event, Error error) {
    Error named = std::move(error).within(
        fmt::format("position {} (stream '{}', {})", event.position.value, event.stream, event.type));
    last_error_ = named;
    if (unheard_.contains(event.position)) return {};
    if (unheard_.size() + batch_unheard_.size() >= unheard_max) {
        return std::move(named).within(
            fmt::format("more than {} events could not be heard, the last one", unheard_max));
    }
    record::Trouble trouble = record::trouble(event.position, named);
    auto recorded = record::to_event(log_.stream(), record::unheard, trouble);
    if (!recorded.ok()) return std::move(recorded).error();
    batch_.add(std::move(*recorded));
    batch_running_.push_back(0);
    batch_unheard_.push_back(std::move(trouble));
    return {};
}

void ProcessRunner::tidy(bool at_end) {
    table_.trim();
    if (!batch_.empty() || !log_.wants(position_, table_.open_count(), at_end)) return;
    // What cannot be written now only makes the next start slower.
    const Result<> written = log_.write({.position = position_,
                                         .running = static_cast<std::uint64_t>(std::max<std::int64_t>(0, running_)),
                                         .open = table_.open_keys(),
                                         .unheard = unheard_});
    if (!written.ok()) last_error_ = written.error();
}

std::optional<Timestamp> ProcessRunner::next_due() const {
    std::optional<Timestamp> first;
    for (const auto* due : {&table_.commands_due(), &table_.timers_due()}) {
        if (!due->empty()) first = std::min(first.value_or(Timestamp::max()), due->begin()->first);
    }
    return first ? std::optional(std::max(*first, paused_until_)) : first;
}

void ProcessRunner::tell(ProcessStatus& status) const {
    static constexpr std::size_t quarantined_shown = 100;
    status.name = type_.name;
    status.position = position_;
    status.head = store_.head();
    status.running = static_cast<std::uint64_t>(std::max<std::int64_t>(0, running_));
    status.timers = table_.timers();
    status.commands = table_.commands();
    status.next_due = next_due();
    status.rejected = rejected_;
    status.quarantined_count = table_.quarantined().size();
    for (const auto& [key, trouble] : table_.quarantined()) {
        if (status.quarantined.size() == quarantined_shown) break;
        status.quarantined.push_back({key, trouble.position, record::error_of(trouble)});
    }
    for (const auto& [position, trouble] : unheard_) status.unheard.push_back({position, record::error_of(trouble)});
    status.last_error = last_error_;
}

}  // namespace varve
