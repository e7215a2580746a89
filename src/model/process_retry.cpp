// What a person can do about a ProcessRunner: hear again what could not be heard.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/process_runner.hpp"
#include "store/names.hpp"

namespace varve {

Result<> ProcessRunner::flush_now() {
    auto flushed = flush();
    if (!flushed.ok()) return std::move(flushed).error();
    if (*flushed) return {};
    return last_error_.value_or(Error{.code = Code::aborted, .message = "another App came first; retry it again"});
}

Result<> ProcessRunner::retry(const std::string& key) {
    auto loaded = load(key, false);
    if (!loaded.ok()) return std::move(loaded).error();
    ProcessInstance* instance = *loaded;
    if (!instance->quarantine) {
        return Error{.code = Code::not_found,
                     .message = fmt::format("{} of {} is not in quarantine; App::processes names those that are",
                                            store::in_quotes(key), type_.name)};
    }
    const Position from = instance->quarantine->position;
    if (instance->unreadable) {
        // Unless what stood in the way is gone by now.
        if (Result<> reloaded = reload(key); !reloaded.ok()) return reloaded;
        instance = table_.find(key);
        if (instance->unreadable) return record::error_of(*instance->quarantine);
    }
    instance->quarantine.reset();
    table_.changed(*instance);
    if (from < position_) {
        auto missed = store_.read({.from = from, .until = position_ - 1});
        if (!missed.ok()) return std::move(missed).error();
        while (const Event* event = missed->next()) {
            const auto hearers = hearers_of(*event).value_or(std::vector<detail::Hearer>());
            const auto own = std::ranges::find(hearers, key, &detail::Hearer::key);
            if (own == hearers.end()) continue;
            if (Result<> heard = hear_by(*own, *event, false); !heard.ok()) return heard;
            if (table_.find(key)->quarantine) break;
            if (!full()) continue;
            if (Result<> flushed = flush_now(); !flushed.ok()) return flushed;
        }
        if (Result<> status = missed->status(); !status.ok()) return status;
    }
    instance = table_.find(key);
    const std::optional<record::Trouble> again = instance->quarantine;
    if (!again && instance->revision) {
        Result<> released = batch_.add(*instance, {.type = std::string(record::released), .data = "{}"});
        batch_running_.push_back(0);
        table_.changed(*instance);
        if (!released.ok()) return released;
    }
    if (Result<> flushed = flush_now(); !flushed.ok()) return flushed;
    return again ? Result<>(record::error_of(*again)) : Result<>();
}

Result<> ProcessRunner::rehear(Position position) {
    if (!unheard_.contains(position)) {
        return Error{.code = Code::not_found,
                     .message = fmt::format("position {} is none that {} could not hear; App::processes names those",
                                            position.value, type_.name)};
    }
    Result<> heard = with_event_at(store_, position, [&](const Event& event) -> Result<> {
        const auto hearers = hearers_of(event);
        if (!hearers.ok()) return hearers.error();
        for (const detail::Hearer& hearer : *hearers) {
            auto instance = load(hearer.key, false);
            if (!instance.ok()) return std::move(instance).error();
            if ((*instance)->quarantine) {
                return Error{.code = Code::failed_precondition,
                             .message = fmt::format("its instance {} is in quarantine; retry that first",
                                                    store::in_quotes(hearer.key))};
            }
        }
        for (const detail::Hearer& hearer : *hearers) {
            if (Result<> done = hear_by(hearer, event, true); !done.ok()) return done;
        }
        return {};
    });
    if (!heard.ok()) return heard;
    auto event = record::to_event(log_.stream(), record::reheard, record::Trouble{position, {}, {}});
    if (!event.ok()) return std::move(event).error();
    batch_.add(std::move(*event));
    batch_running_.push_back(0);
    if (Result<> flushed = flush_now(); !flushed.ok()) return flushed;
    unheard_.erase(position);
    return {};
}

}  // namespace varve
