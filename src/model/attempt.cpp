#include "model/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "model/backoff.hpp"
#include "model/command_bus.hpp"
#include "model/command_mark.hpp"
#include "model/command_meter.hpp"
#include "model/facts.hpp"
#include "model/guard.hpp"
#include "model/metadata.hpp"
#include "model/written_events.hpp"

namespace varve {

namespace {

Receipt nothing_written(Position head) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return Receipt{.first = head, .last = head, .time = now, .durability = Durability::durable, .streams = {}};
}

/// A condition of the append did not hold.
bool is_conflict(const Result<Receipt>& answer) {
    return !answer.ok() && answer.error().code == Code::aborted;
}

/// Certainly nothing was written, and perhaps because of what the events are: decided on another state they would be others.
bool wrote_nothing(const Error& error) {
    return error.code == Code::aborted || error.code == Code::invalid_argument || error.code == Code::already_exists ||
           error.code == Code::failed_precondition;
}

void draw_ids(Commit& commit) {
    const auto nil = [](const NewEvent& event) { return event.id.is_nil(); };
    // Ids that were drawn are no repeat of anything, as if the store had drawn them.
    if (std::ranges::all_of(commit.events, nil)) commit.repeats = Repeats::unchecked;
    for (NewEvent& event : commit.events) {
        if (nil(event)) event.id = EventId::random();
    }
}

}  // namespace

Result<Receipt> Attempt::run() {
    if (Result<> found = find(); !found.ok()) return std::move(found).error();
    if (context_.progress() != nullptr) context_.progress()->about(streams());
    if (Result<> waits = check_wanted(); !waits.ok()) return std::move(waits).error();
    Turns turns(cache_, route_.name);
    std::vector<std::string_view> places;
    for (const LoadedEntity& entity : loaded_) places.push_back(entity.stream());
    enter(context_, CommandStage::waiting);
    Result<> taken = turns.take(std::move(places), context_.options().deadline, context_.options().cancel);
    if (!taken.ok()) return std::move(taken).within(describe()).error();
    auto receipt = decide_until_settled(turns);
    for (LoadedEntity& entity : loaded_) entity.keep();
    return receipt;
}

Result<Receipt> Attempt::decide_until_settled(const Turns& turns) {
    for (int attempt = 1; attempt <= decide_attempts; ++attempt) {
        if (Result<> waits = check_wanted(); !waits.ok()) return std::move(waits).error();
        enter(context_, CommandStage::loading);
        context_.count_attempt();
        const Position head = store_.head();
        if (Result<> loaded = load(attempt == 1 ? &turns : nullptr); !loaded.ok()) return std::move(loaded).error();
        const bool compared = std::ranges::all_of(loaded_, &LoadedEntity::compared);
        bool settled = true;
        auto answer = decide_and_append(head, settled);
        if (settled) return answer;
        if (is_conflict(answer)) {
            // Others came first. A state from the cache may be old for long, which says nothing of what goes on now.
            if (!compared || attempt == decide_attempts) continue;
            enter(context_, CommandStage::pausing);
            back_off(attempt, context_.options().deadline, context_.options().cancel);
            continue;
        }
        const auto current = compare(head);
        if (!current.ok()) return current.error();
        if (*current) return answer;
    }
    return Error{
        .code = Code::aborted,
        .message = fmt::format("{}: other writers came first {} times in a row and nothing was written; send it "
                               "again later",
                               describe(), decide_attempts)};
}

Result<Receipt> Attempt::decide_and_append(Position head, bool& settled) {
    // After loading: if its events are in what was loaded, the command is known by now.
    auto original = find_original();
    if (!original.ok()) return std::move(original).error();
    if (*original) return **std::move(original);
    settled = false;
    enter(context_, CommandStage::deciding);
    auto decision = decide();
    if (!decision.ok()) return std::move(decision).error();
    if (decision->events().empty()) return nothing_written(head);
    auto commit = to_commit(std::move(*decision));
    if (!commit.ok()) return std::move(commit).error();
    std::optional<WrittenEvents> written;
    if (cache_.keeps()) {
        draw_ids(*commit);
        written.emplace(commit->events);
    }
    enter(context_, CommandStage::appending);
    auto receipt = store_.append(std::move(*commit));
    settled = receipt.ok() || !wrote_nothing(receipt.error());
    if (!receipt.ok()) return is_conflict(receipt) ? std::move(receipt) : std::move(receipt).within(describe());
    if (written && !receipt->repeated) {
        written->place(*receipt);
        for (LoadedEntity& entity : loaded_) entity.follow(written->events());
    }
    return receipt;
}

Result<> Attempt::find() {
    std::vector<std::string> keys;
    Result<> found = guarded(
        [&]() -> Result<> {
            keys = route_.keys(command_);
            return {};
        },
        [&] { return fmt::format("the key of command {}", route_.name); });
    if (!found.ok()) return found;
    loaded_.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const detail::StateType& type = *route_.entities[i];
        if (keys[i].empty()) {
            return Error{.code = Code::invalid_argument,
                         .message = fmt::format("command {} has an empty key for {}; say which entity it is about",
                                                route_.name, type.name)};
        }
        std::string stream;
        stream.reserve(type.category.size() + 1 + keys[i].size());
        stream += type.category;
        stream += '-';
        stream += keys[i];
        const auto same = std::ranges::find_if(
            loaded_, [&](const LoadedEntity& other) { return other.stream() == stream && &other.type() == &type; });
        places_.push_back(static_cast<std::size_t>(same - loaded_.begin()));
        if (same != loaded_.end()) continue;
        auto facts = facts_of(type, stream);
        if (!facts.ok()) return std::move(facts).error();
        loaded_.emplace_back(type, std::move(stream), std::move(*facts));
    }
    return {};
}

Result<> Attempt::load(const Turns* first) {
    for (LoadedEntity& entity : loaded_) {
        Result<> loaded =
            first != nullptr ? entity.begin(sources_, first->at(entity.stream())) : entity.catch_up(sources_);
        if (!loaded.ok()) return std::move(loaded).within(fmt::format("command {}", route_.name));
    }
    return {};
}

Result<bool> Attempt::compare(Position head) {
    bool current = true;
    for (LoadedEntity& entity : loaded_) {
        if (entity.compared()) continue;
        auto same = entity.compare(sources_, head);
        if (!same.ok()) return std::move(same).within(fmt::format("command {}", route_.name));
        current = current && *same;
    }
    return current;
}

Result<std::optional<Receipt>> Attempt::find_original() const {
    const std::string& id = context_.options().command_id;
    if (id.empty()) return std::optional<Receipt>();
    auto found = store_.find_command(id);
    if (!found.ok()) return std::move(found).within(describe()).error();
    return found;
}

Result<Decision> Attempt::decide() const {
    std::vector<const void*> states;
    states.reserve(places_.size());
    for (const std::size_t place : places_) states.push_back(loaded_[place].state());
    Decision decision;
    const Result<> decided = guarded(
        [&]() -> Result<> {
            decision = route_.decide(command_, states.data());
            return {};
        },
        [&] { return "decide of " + describe(); });
    if (!decided.ok()) return decided.error();
    if (decision.error()) return Error(*decision.error()).within(describe());
    if (!decision.accepted()) {
        Error rejection = decision.rejection();
        if (rejection.message.empty()) rejection.message = describe() + " was rejected";
        return rejection;
    }
    return decision;
}

Result<Commit> Attempt::to_commit(Decision decision) const {
    Commit commit{.conditions = decision.conditions()};
    commit.events = std::move(decision).take_events();
    auto metadata = event_metadata(context_.options(), mark_of(context_, commit.events));
    if (!metadata.ok()) return std::move(metadata).within(describe()).error();
    commit.command_id = context_.options().command_id;
    for (NewEvent& event : commit.events) {
        if (Result<> addressed = address(event); !addressed.ok()) return std::move(addressed).error();
        event.metadata = *metadata;
    }
    for (const LoadedEntity& entity : loaded_) commit.conditions.push_back(entity.condition());
    return commit;
}

Result<> Attempt::address(NewEvent& event) const {
    if (event.stream.empty()) {
        if (route_.entities.size() != 1) {
            return Error{.code = Code::invalid_argument,
                         .message = fmt::format("{} decided on event {} without saying for which entity; write "
                                                "varve::on<State>(key, {}{{...}})",
                                                describe(), event.type, event.type)};
        }
        event.stream = loaded_.front().stream();
    }
    const detail::StateType* unlisted = nullptr;
    bool older = false;
    for (const LoadedEntity& entity : loaded_) {
        if (entity.stream() != event.stream) continue;
        const detail::Step* step = entity.type().steps.find(event.type);
        if (step != nullptr && step->kind == detail::StepKind::listed) return {};
        unlisted = &entity.type();
        older = step != nullptr && step->kind == detail::StepKind::older;
    }
    const std::string what =
        unlisted == nullptr ? fmt::format("for {}, which it has not loaded; name that entity in handle", event.stream)
        : older ? fmt::format("which {} only reads, as what replaces it; decide on that instead", unlisted->name)
                : fmt::format("which {} does not list; add it to Events and give it an evolve", unlisted->name);
    return Error{
        .code = Code::invalid_argument,
        .message = fmt::format("{} decided on event {}, {}; nothing was written", describe(), event.type, what)};
}

Result<> Attempt::check_wanted() const {
    const bool cancelled = context_.cancelled();
    const Deadline deadline = context_.options().deadline;
    if (!cancelled && (deadline == Deadline::max() || std::chrono::steady_clock::now() < deadline)) return {};
    return Error{.code = cancelled ? Code::cancelled : Code::deadline_exceeded,
                 .message = fmt::format("{}: {} after {} attempts; nothing was written", describe(),
                                        cancelled ? "it was cancelled" : "the time limit passed", context_.attempts())};
}

std::string Attempt::streams() const {
    std::string text;
    for (const LoadedEntity& entity : loaded_) {
        if (!text.empty()) text += ", ";
        text += entity.stream();
    }
    return text;
}

std::string Attempt::describe() const {
    return loaded_.empty() ? std::string(route_.name) : fmt::format("{} on {}", route_.name, streams());
}

}  // namespace varve
