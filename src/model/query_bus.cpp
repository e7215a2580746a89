#include "model/query_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

#include "model/live_query.hpp"
#include "store/deadline.hpp"

namespace varve {

namespace {

Error nobody_answers(std::string_view query) {
    return Error{.code = Code::unimplemented,
                 .message = fmt::format("nobody answers query {}; call project on the App for a projection that lists "
                                        "it in its Queries",
                                        query)};
}

Error write_failed(std::string_view query, const After& after) {
    return Error(*after.error).within(fmt::format("query {}: the write it should follow failed", query));
}

bool has(const std::vector<std::shared_ptr<Respondent>>& respondents, std::string_view name) {
    return std::ranges::any_of(respondents, [&](const auto& each) { return each->name() == name; });
}

Error answered_already(std::string_view query, std::string_view name) {
    return Error{.code = Code::already_exists,
                 .message = fmt::format("'{}' answers query {} already; give it another name", name, query)};
}

}  // namespace

Result<> QueryBus::project(const detail::ProjectionType& type, const ProjectionOptions& options) {
    const std::unique_lock lock(mutex_);
    Result<> result = check_new(type);
    auto place = std::make_shared<QueryPlace>(QueryPlace{&type, nullptr, {}});
    if (result.ok()) {
        auto crew = Crew::open(type, options, store_);
        if (crew.ok()) {
            place->crew = std::move(*crew);
            place->crew->perform_effects(performers_);
        } else {
            result = std::move(crew).error();
        }
    }
    if (!result.ok()) {
        place->failed = ProjectionStatus{.name = std::string(type.name),
                                         .place = options.file ? options.file->path : "memory",
                                         .state = ProjectionStatus::State::failed,
                                         .position = {},
                                         .head = {},
                                         .error = result.error(),
                                         .life = options.life};
    }
    places_.push_back(place);
    if (place->crew && options.life == Life::inlined) any_inlined_ = true;
    for (const detail::QueryStep& step : type.queries) {
        if (!step.many) {
            routes_.try_emplace(step.query, QueryRoute{place, &step});
        } else if (auto& others = respondents_[step.query]; !has(others, type.name)) {
            others.push_back(respondent(QueryRoute{place, &step}));
        }
    }
    return result;
}

Result<> QueryBus::check_new(const detail::ProjectionType& type) const {
    for (const auto& place : places_) {
        if (place->type == &type) {
            return Error{
                .code = Code::already_exists,
                .message = fmt::format("projection {} is there already; call project once for each", type.name)};
        }
    }
    for (const detail::QueryStep& step : type.queries) {
        if (const auto others = respondents_.find(step.query);
            others != respondents_.end() && has(others->second, type.name)) {
            return answered_already(step.name, type.name);
        }
        const auto other = routes_.find(step.query);
        if (other == routes_.end()) continue;
        return Error{.code = Code::already_exists,
                     .message = fmt::format("query {} is answered by projection {} already; take it out of the Queries "
                                            "of {} or of the other",
                                            step.name, other->second.place->type->name, type.name)};
    }
    return {};
}

const QueryRoute* QueryBus::find(std::type_index type) const {
    const std::shared_lock lock(mutex_);
    const auto found = routes_.find(type);
    return found == routes_.end() ? nullptr : &found->second;
}

Result<Position> QueryBus::ask(std::type_index type, std::string_view name, const void* query, const After& after,
                               void* answer) const {
    if (after.error) return write_failed(name, after);
    const QueryRoute* route = find(type);
    if (route == nullptr) return nobody_answers(name);
    if (!route->place->crew) {
        route->meter->refused();
        return *route->place->failed->error;
    }
    const Crew& crew = *route->place->crew;
    const bool at_once = after.position.value == 0 && crew.options().life == Life::async;
    const Deadline deadline = at_once ? Deadline::max() : store::deadline_in(after.limit);
    if (Result<> waited = crew.wait_for({*route->step, query}, after, deadline); !waited.ok()) {
        route->meter->refused();
        return std::move(waited).error();
    }
    return answer_now(*route, query, answer);
}

Result<std::unique_ptr<detail::LiveSource>> QueryBus::watch(std::type_index type, std::string_view name,
                                                            const LiveOptions& options) const {
    const QueryRoute* route = find(type);
    if (route == nullptr) return nobody_answers(name);
    if (!route->place->crew) return *route->place->failed->error;
    return LiveQuery::begin(*route, options, store_.head());
}

Result<> QueryBus::perform(detail::EffectPerformer performer) {
    if (Result<> added = performers_->add(std::move(performer)); !added.ok()) return added;
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        if (place->crew) place->crew->wake_effects();
    }
    return {};
}

Result<> QueryBus::retry_effect(std::string_view id) const {
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        if (!place->crew) continue;
        const auto retried = place->crew->retry_effect(id);
        if (!retried.ok()) return retried.error();
        if (*retried) return {};
    }
    return Error{.code = Code::not_found,
                 .message = fmt::format("no effect '{}' is set aside; App::projections lists those that are", id)};
}

void QueryBus::bring_inlined(Position target, Deadline deadline) const {
    if (!any_inlined_) return;
    std::vector<std::shared_ptr<QueryPlace>> places;
    {
        const std::shared_lock lock(mutex_);
        places = places_;
    }
    for (const auto& place : places) {
        if (place->crew && place->crew->options().life == Life::inlined) place->crew->bring(target, deadline);
    }
}

std::vector<ProjectionStatus> QueryBus::statuses() const {
    const std::shared_lock lock(mutex_);
    std::vector<ProjectionStatus> statuses;
    statuses.reserve(places_.size());
    for (const auto& place : places_) statuses.push_back(place->crew ? place->crew->status() : *place->failed);
    return statuses;
}

Result<std::shared_ptr<QueryPlace>> QueryBus::running(std::string_view projection) const {
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        if (place->crew && place->type->name == projection) return place;
    }
    return Error{.code = Code::not_found, .message = fmt::format("no projection {} runs in this App", projection)};
}

Result<> QueryBus::retry(std::string_view projection, const std::string& key) const {
    auto place = running(projection);
    return place.ok() ? (*place)->crew->retry(key) : Result<>(std::move(place).error());
}

Result<> QueryBus::discard(std::string_view projection, const std::string& key) const {
    auto place = running(projection);
    return place.ok() ? (*place)->crew->discard(key) : Result<>(std::move(place).error());
}

std::vector<QueryStatus> QueryBus::queries() const {
    std::vector<QueryStatus> all;
    const auto add = [&](std::string_view query, std::string_view answered_by, const QueryMeter& meter) {
        QueryStatus& status = all.emplace_back(QueryStatus{std::string(query), std::string(answered_by)});
        meter.read(status);
    };
    {
        const std::shared_lock lock(mutex_);
        for (const auto& [type, route] : routes_) add(route.step->name, route.place->type->name, *route.meter);
        for (const auto& [type, respondents] : respondents_) {
            for (const auto& each : respondents) add(each->query(), each->name(), *each->meter);
        }
    }
    std::ranges::sort(all, {}, [](const QueryStatus& status) { return std::tie(status.query, status.answered_by); });
    return all;
}

Result<> QueryBus::answer(detail::AnswerFunction function) {
    const std::unique_lock lock(mutex_);
    auto& others = respondents_[function.query];
    if (has(others, function.name)) return answered_already(function.query_name, function.name);
    others.push_back(respondent(std::move(function)));
    return {};
}

Result<std::vector<detail::Reply>> QueryBus::gather(const detail::Scattered& query, const After& after) const {
    if (after.error) return write_failed(query.name, after);
    std::vector<std::shared_ptr<Respondent>> asked;
    {
        const std::shared_lock lock(mutex_);
        const auto found = respondents_.find(query.query);
        if (found == respondents_.end()) return nobody_answers(query.name);
        asked = found->second;
    }
    return varve::gather(asked, query, after);
}

void QueryBus::stop() {
    // Not under the lock: what is waited for may ask something itself.
    const std::lock_guard once(stopping_);
    std::vector<std::shared_ptr<QueryPlace>> places;
    std::vector<std::shared_ptr<Respondent>> respondents;
    {
        const std::shared_lock lock(mutex_);
        places = places_;
        for (const auto& [query, each] : respondents_) respondents.insert(respondents.end(), each.begin(), each.end());
    }
    for (const auto& place : places) {
        if (place->crew) place->crew->stop();
    }
    for (const auto& respondent : respondents) respondent->bulkhead.stop();
}

}  // namespace varve
