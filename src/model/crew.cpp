#include "model/crew.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "model/guard.hpp"
#include "model/places.hpp"

namespace varve {

namespace {

Position position_of(std::span<const std::unique_ptr<Worker>> workers) {
    Position least = workers.front()->progress().position();
    for (const auto& worker : workers.subspan(1)) least = std::min(least, worker->progress().position());
    return least;
}

}  // namespace

Result<std::unique_ptr<Crew>> Crew::open(const detail::ProjectionType& type, const ProjectionOptions& options,
                                         const Store& store, const BesideCrew* beside) {
    auto crew = std::unique_ptr<Crew>(new Crew(type, options, store));
    const auto told = [&](Error error) { return std::move(error).within(fmt::format("projection {}", type.name)); };
    auto places = open_places(type, options, store, beside != nullptr ? beside->suffix : std::string());
    if (!places.ok()) return told(std::move(places).error());
    for (auto& place : *places) {
        if (beside != nullptr && place->outbox() != nullptr) {
            if (Result<> held = place->outbox()->hold(beside->heard); !held.ok()) return told(std::move(held).error());
        }
        const Partition mine(static_cast<unsigned>(crew->workers_.size()), options.partitions);
        crew->workers_.push_back(std::make_unique<Worker>(type, mine, std::move(place), store, options));
    }
    return crew;
}

Position Crew::position() const {
    return position_of(workers_);
}

Position Crew::furthest() const {
    Position most;
    for (const auto& worker : workers_) most = std::max(most, worker->progress().position());
    return most;
}

std::optional<Error> Crew::error() const {
    for (const auto& worker : workers_) {
        if (worker->progress().failed()) return worker->progress().error();
    }
    return {};
}

Crew::Workers Crew::asked(const CrewQuestion& question) const {
    const Workers all(workers_);
    if (all.size() == 1 || question.step.partition == nullptr) return all;
    const auto its_own = question.step.partition(question.query, options_.partitions);
    return its_own ? all.subspan(*its_own, 1) : all;
}

Result<> Crew::wait_for(const CrewQuestion& question, const After& after, Deadline deadline) const {
    // Where nobody else sees to it, an answer is of now.
    const Position wanted = options_.life != Life::async ? std::max(after.position, store_.head()) : after.position;
    const auto asked = this->asked(question);
    for (const auto& worker : asked) {
        const auto brought = worker->bring(wanted, deadline);
        if (brought == ProjectionProgress::Waited::reached) continue;
        if (brought == ProjectionProgress::Waited::late) {
            After missed = after;
            missed.position = wanted;
            return behind(question.step.name, missed);
        }
        if (auto error = worker->progress().error()) {
            return std::move(*error).within(fmt::format("query {}", question.step.name));
        }
        // Stopped with its App: the rows as they are will do where nothing more was asked for.
        if (const Position at = position_of(asked); at < after.position) {
            return Error{.code = Code::failed_precondition,
                         .message = fmt::format(
                             "query {}: projection {} was stopped with its App at position {}, before position {}",
                             question.step.name, type_.name, at.value, after.position.value)};
        }
    }
    return {};
}

Error Crew::behind(std::string_view query, const After& after) const {
    const Position at = position();
    return Error{
        .code = Code::deadline_exceeded,
        .message = fmt::format(
            "query {}: projection {} did not reach position {} within {} ms; it is at {}, {} events behind; ask "
            "again, or without after for the rows as they are",
            query, type_.name, after.position.value, after.limit.count(), at.value,
            after.position > at ? after.position - at : 0)};
}

Result<Position> Crew::read(const CrewQuestion& question, void* answer) const {
    const Workers asked = this->asked(question);
    if (asked.size() == 1) return read_one(*asked.front(), question, answer);
    Position least{std::numeric_limits<std::uint64_t>::max()};
    const auto ask_part = [&](unsigned partition, void* part) -> Result<> {
        const auto position = read_one(*asked[partition], question, part);
        if (!position.ok()) return position.error();
        least = std::min(least, *position);
        return {};
    };
    Result<> joined = guarded_with_tables(
        [&] { return question.step.merge(question.query, options_.partitions, ask_part, answer); },
        [&] { return fmt::format("merge for query {} of projection {}", question.step.name, type_.name); });
    if (!joined.ok()) return std::move(joined).error();
    return least;
}

Result<Position> Crew::read_one(Worker& worker, const CrewQuestion& question, void* answer) const {
    const detail::QueryStep& step = question.step;
    if (worker.progress().failed()) return worker.progress().error().value().within(fmt::format("query {}", step.name));
    Result<Position> position = Error{};
    const auto ask = [&](const void* projection) { step.answer(projection, question.query, answer); };
    const Result<> answered = guarded_with_tables(
        [&]() -> Result<> {
            // By reference: what it captures would not fit into the function without an allocation.
            position = worker.model().read(worker.progress().position(), std::ref(ask));
            return {};
        },
        [&] { return fmt::format("answer({}) of projection {}", step.name, type_.name); });
    if (!answered.ok()) return answered.error();
    if (!position.ok()) {
        return std::move(position).error().within(fmt::format("query {}: projection {}", step.name, type_.name));
    }
    return position;
}

void Crew::bring(Position target, Deadline deadline) const {
    for (const auto& worker : workers_) static_cast<void>(worker->bring(target, deadline));
}

void Crew::follow() const {
    for (const auto& worker : workers_) worker->follow();
}

void Crew::unfollow() const {
    for (const auto& worker : workers_) worker->unfollow();
}

ProjectionProgress::Waited Crew::wait(const CrewQuestion& question, Position target, Deadline deadline,
                                      const std::atomic<bool>* given_up) const {
    for (const auto& worker : asked(question)) {
        const auto waited = worker->progress().wait(target, deadline, given_up);
        if (waited != ProjectionProgress::Waited::reached) return waited;
    }
    return ProjectionProgress::Waited::reached;
}

void Crew::wake() const {
    for (const auto& worker : workers_) worker->progress().wake();
}

Crew::Listeners Crew::listen(const std::function<void()>& moved) const {
    Listeners listeners;
    for (const auto& worker : workers_) listeners.push_back(worker->progress().listen(moved));
    return listeners;
}

void Crew::unlisten(const Listeners& listeners) const {
    for (std::size_t i = 0; i < listeners.size(); ++i) workers_[i]->progress().unlisten(listeners[i]);
}

void Crew::perform_effects(const std::shared_ptr<const Performers>& performers, bool held) {
    for (const auto& worker : workers_) worker->perform_effects(performers, held);
}

Result<> Crew::settle_effects(Position end, Deadline deadline) const {
    for (const auto& worker : workers_) {
        if (worker->effects() == nullptr) continue;
        const auto brought = worker->bring(end, deadline);
        if (brought == ProjectionProgress::Waited::ended) {
            if (auto error = worker->progress().error()) return std::move(*error);
            return Error{.code = Code::failed_precondition,
                         .message = fmt::format("projection {} was stopped with its App", type_.name)};
        }
        Result<> settled = worker->effects()->settle(end, deadline);
        if (!settled.ok()) return std::move(settled).within(fmt::format("projection {}", type_.name));
        if (brought == ProjectionProgress::Waited::reached) continue;
        return Error{.code = Code::deadline_exceeded,
                     .message = fmt::format("projection {} is at position {}, before position {}; give it more time",
                                            type_.name, worker->progress().position().value, end.value)};
    }
    return {};
}

void Crew::wake_effects() const {
    for (const auto& worker : workers_) {
        if (worker->effects() != nullptr) worker->effects()->wake();
    }
}

Result<> Crew::with_key(const std::string& key, Result<> (Worker::*act)(const std::string&)) const {
    Result<> outcome;
    bool found = false;
    for (const auto& worker : workers_) {
        Result<> done = (worker.get()->*act)(key);
        // An event that all partitions hear may have failed in several.
        if (done.ok()) {
            found = true;
        } else if (done.error().code != Code::not_found) {
            return done;
        } else {
            outcome = std::move(done);
        }
    }
    return found ? Result<>() : outcome;
}

Result<> Crew::retry(const std::string& key) const {
    return with_key(key, &Worker::retry);
}

Result<> Crew::discard(const std::string& key) const {
    return with_key(key, &Worker::discard);
}

Result<bool> Crew::retry_effect(std::string_view id) const {
    for (const auto& worker : workers_) {
        if (worker->effects() == nullptr) continue;
        auto retried = worker->effects()->retry(id);
        if (!retried.ok() || *retried) return retried;
    }
    return false;
}

bool Crew::busy_here() const {
    return std::ranges::any_of(workers_, [](const auto& worker) { return worker->busy_here(); });
}

void Crew::stop() {
    for (const auto& worker : workers_) worker->stop();
}

ProjectionStatus Crew::status() const {
    const auto furthest_behind = std::ranges::min_element(workers_, {}, [](const auto& worker) {
        return std::pair(!worker->progress().failed(), worker->progress().position());
    });
    ProjectionStatus status = (*furthest_behind)->status();
    status.life = options_.life;
    for (const auto& worker : workers_) {
        if (worker->effects() == nullptr) continue;
        if (!status.effects) status.effects.emplace();
        const Result<> read = worker->effects()->read(*status.effects);
        if (!read.ok()) status.effects->waiting = read.error();
    }
    status.position = position();
    if (workers_.size() == 1) return status;
    status.quarantined.clear();
    for (const auto& worker : workers_) {
        status.partitions.push_back(worker->progress().position());
        const auto its_own = worker->status().quarantined;
        status.quarantined.insert(status.quarantined.end(), its_own.begin(), its_own.end());
    }
    if (options_.file) {
        // Of balances.db.0, or balances.db.0.next where it is one of the two of a rebuild.
        const std::string& path = options_.file->path;
        const std::string first = workers_.front()->model().place();
        status.place = fmt::format("{}.{{0..{}}}{}", path, workers_.size() - 1, first.substr(path.size() + 2));
    }
    return status;
}

}  // namespace varve
