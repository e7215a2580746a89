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

namespace varve {

namespace {

Receipt nothing_written(Position head) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return Receipt{.first = head, .last = head, .time = now, .durability = Durability::durable, .streams = {}};
}

}  // namespace

Result<Receipt> Attempt::run() {
    if (Result<> found = find(); !found.ok()) return std::move(found).error();
    if (context_.progress() != nullptr) context_.progress()->about(streams());
    for (int attempt = 1; attempt <= decide_attempts; ++attempt) {
        if (Result<> waits = check_wanted(); !waits.ok()) return std::move(waits).error();
        enter(context_, CommandStage::loading);
        context_.count_attempt();
        const Position head = store_.head();
        if (Result<> folded = load(); !folded.ok()) return std::move(folded).error();
        // After loading: if its events are in what was loaded, the command is known by now.
        auto original = find_original();
        if (!original.ok()) return std::move(original).error();
        if (*original) return **std::move(original);
        enter(context_, CommandStage::deciding);
        auto decision = decide();
        if (!decision.ok()) return std::move(decision).error();
        if (decision->events().empty()) return nothing_written(head);
        auto commit = to_commit(std::move(*decision));
        if (!commit.ok()) return std::move(commit).error();
        enter(context_, CommandStage::appending);
        auto receipt = store_.append(std::move(*commit));
        if (receipt.ok()) return receipt;
        if (receipt.error().code != Code::aborted) return std::move(receipt).within(describe());
        enter(context_, CommandStage::pausing);
        if (attempt < decide_attempts) back_off(attempt, context_.options().deadline, context_.options().cancel);
    }
    return Error{
        .code = Code::aborted,
        .message = fmt::format("{}: other writers came first {} times in a row and nothing was written; send it "
                               "again later",
                               describe(), decide_attempts)};
}

Result<> Attempt::find() {
    std::vector<std::string> keys;
    Result<> found = guarded(
        [&]() -> Result<> {
            keys = route_.keys(command_);
            return {};
        },
        [&] { return fmt::format("the key of command {}", route_.command); });
    if (!found.ok()) return found;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const detail::StateType& type = *route_.entities[i];
        if (keys[i].empty()) {
            return Error{.code = Code::invalid_argument,
                         .message = fmt::format("command {} has an empty key for {}; say which entity it is about",
                                                route_.command, type.name)};
        }
        std::string stream = fmt::format("{}-{}", type.category, keys[i]);
        const auto same = std::ranges::find_if(
            loaded_, [&](const Loaded& other) { return other.stream == stream && other.type == &type; });
        places_.push_back(static_cast<std::size_t>(same - loaded_.begin()));
        if (same != loaded_.end()) continue;
        auto facts = facts_of(type, stream);
        if (!facts.ok()) return std::move(facts).error();
        loaded_.push_back({&type, std::move(stream), std::move(*facts), type.make(), {}, {}});
    }
    return {};
}

Result<> Attempt::load() {
    for (Loaded& entity : loaded_) {
        Result<> loaded = std::holds_alternative<Stream>(entity.facts) ? load_stream(entity) : load_query(entity);
        if (!loaded.ok()) return std::move(loaded).within(fmt::format("command {}", route_.command));
    }
    return {};
}

Result<> Attempt::load_stream(Loaded& entity) {
    Selection selection{.source = entity.facts};
    SnapshotKeeper* from_snapshot = entity.reached.revision ? nullptr : snapshots_;
    if (entity.reached.revision) selection.from_revision = *entity.reached.revision + 1;
    Result<> folded = fold_entity(store_, from_snapshot, *entity.type, selection, entity.state.get(), entity.reached);
    // Again where all events of a live stream are too old to be read: it counts as it is, from its last one on.
    if (folded.ok() && !entity.reached.revision) folded = fold_unseen(entity, selection);
    return folded;
}

Result<> Attempt::load_query(Loaded& entity) {
    const Position head = store_.head();
    if (head == entity.seen) return {};
    const Selection selection{.source = entity.facts, .from = entity.seen, .until = head - 1};
    Result<> folded = fold(store_, *entity.type, selection, entity.state.get(), entity.reached);
    entity.seen = head;
    return folded;
}

Result<> Attempt::fold_unseen(Loaded& entity, const Selection& selection) {
    const auto standing = standing_of(store_, entity.stream);
    if (!standing.ok()) return standing.error();
    if (standing->state != StreamState::live) return {};
    Result<> folded = fold(store_, *entity.type, selection, entity.state.get(), entity.reached);
    if (!entity.reached.revision) entity.reached.revision = standing->last;
    return folded;
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
    for (const std::size_t place : places_) states.push_back(loaded_[place].state.get());
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
    for (const Loaded& entity : loaded_) commit.conditions.push_back(condition_of(entity));
    return commit;
}

Condition Attempt::condition_of(const Loaded& entity) {
    if (const auto* query = std::get_if<Query>(&entity.facts)) {
        return NoEventMatches{*query, entity.seen == Position{0} ? std::nullopt : std::optional(entity.seen - 1)};
    }
    const auto& revision = entity.reached.revision;
    return StreamIs{entity.stream, revision ? Expected::exact(*revision) : Expected::none()};
}

Result<> Attempt::address(NewEvent& event) const {
    if (event.stream.empty()) {
        if (route_.entities.size() != 1) {
            return Error{.code = Code::invalid_argument,
                         .message = fmt::format("{} decided on event {} without saying for which entity; write "
                                                "varve::on<State>(key, {}{{...}})",
                                                describe(), event.type, event.type)};
        }
        event.stream = loaded_.front().stream;
    }
    const detail::StateType* unlisted = nullptr;
    bool older = false;
    for (const Loaded& entity : loaded_) {
        if (entity.stream != event.stream) continue;
        const detail::Step* step = entity.type->steps.find(event.type);
        if (step != nullptr && step->kind == detail::StepKind::listed) return {};
        unlisted = entity.type;
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
    if (!cancelled && std::chrono::steady_clock::now() < context_.options().deadline) return {};
    return Error{.code = cancelled ? Code::cancelled : Code::deadline_exceeded,
                 .message = fmt::format("{}: {} after {} attempts; nothing was written", describe(),
                                        cancelled ? "it was cancelled" : "the time limit passed", context_.attempts())};
}

std::string Attempt::streams() const {
    std::string text;
    for (const Loaded& entity : loaded_) text += (text.empty() ? "" : ", ") + entity.stream;
    return text;
}

std::string Attempt::describe() const {
    return loaded_.empty() ? std::string(route_.command) : fmt::format("{} on {}", route_.command, streams());
}

}  // namespace varve
