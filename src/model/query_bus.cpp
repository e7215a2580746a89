#include "model/query_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

#include "model/at_work.hpp"
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
    std::shared_ptr<QueryPlace> place;
    if (result.ok()) {
        auto crew = Crew::open(type, options, store_);
        if (crew.ok()) {
            (*crew)->perform_effects(performers_);
            place = std::make_shared<QueryPlace>(type, std::move(*crew));
            if (options.life == Life::inlined) any_inlined_ = true;
        } else {
            result = std::move(crew).error();
        }
    }
    if (!result.ok()) {
        place =
            std::make_shared<QueryPlace>(type, ProjectionStatus{.name = std::string(type.name),
                                                                .place = options.file ? options.file->path : "memory",
                                                                .state = ProjectionStatus::State::failed,
                                                                .position = {},
                                                                .head = {},
                                                                .error = result.error(),
                                                                .life = options.life});
    }
    places_.push_back(place);
    add_routes(place, type);
    return result;
}

void QueryBus::add_routes(const std::shared_ptr<QueryPlace>& place, const detail::ProjectionType& type) {
    for (const detail::QueryStep& step : type.queries) {
        if (!step.many) {
            routes_.try_emplace(step.query, QueryRoute{place, &step});
        } else if (auto& others = respondents_[step.query]; !has(others, place->type().name)) {
            others.push_back(respondent(QueryRoute{place, &step}));
        }
    }
}

Result<> QueryBus::check_new(const detail::ProjectionType& type) const {
    for (const auto& place : places_) {
        const auto crew = place->crew();
        if (&place->type() == &type || (crew && &crew->type() == &type)) {
            return Error{
                .code = Code::already_exists,
                .message = fmt::format("projection {} is there already; call project once for each", type.name)};
        }
    }
    return check_queries(type, nullptr);
}

Result<> QueryBus::check_queries(const detail::ProjectionType& type, const QueryPlace* place) const {
    for (const detail::QueryStep& step : type.queries) {
        const auto others = respondents_.find(step.query);
        if (place == nullptr && others != respondents_.end() && has(others->second, type.name)) {
            return answered_already(step.name, type.name);
        }
        const auto other = routes_.find(step.query);
        if (other == routes_.end() || other->second.place.get() == place) continue;
        return Error{.code = Code::already_exists,
                     .message = fmt::format("query {} is answered by projection {} already; take it out of the Queries "
                                            "of {} or of the other",
                                            step.name, other->second.place->type().name, type.name)};
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
    const auto crew = route->place->crew();
    const bool at_once = after.position.value == 0 && crew && crew->options().life == Life::async;
    const Deadline deadline = at_once ? Deadline::max() : store::deadline_in(after.limit);
    return answer_after(*route, after, deadline, query, answer);
}

Result<std::unique_ptr<detail::LiveSource>> QueryBus::watch(std::type_index type, std::string_view name,
                                                            const LiveOptions& options) const {
    const QueryRoute* route = find(type);
    if (route == nullptr) return nobody_answers(name);
    if (!route->place->crew()) return *route->place->failed().error;
    return LiveQuery::begin(*route, options, store_.head());
}

Result<> QueryBus::perform(detail::EffectPerformer performer) {
    if (Result<> added = performers_->add(std::move(performer)); !added.ok()) return added;
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        if (const auto crew = place->crew()) crew->wake_effects();
    }
    return {};
}

Result<> QueryBus::retry_effect(std::string_view id) const {
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        const auto crew = place->crew();
        if (!crew) continue;
        const auto retried = crew->retry_effect(id);
        if (!retried.ok()) return retried.error();
        if (*retried) return {};
    }
    return Error{.code = Code::not_found,
                 .message = fmt::format("no effect '{}' is set aside; App::projections lists those that are", id)};
}

Result<> QueryBus::settle_effects(Deadline deadline) const {
    const Position end = store_.head();
    std::vector<std::shared_ptr<QueryPlace>> places;
    {
        const std::shared_lock lock(mutex_);
        places = places_;
    }
    for (const auto& place : places) {
        std::shared_ptr<Crew> settled;
        // Another one may have taken its place, and what was left to perform, meanwhile.
        for (auto crew = place->crew(); crew != settled; crew = place->crew()) {
            Result<> done = crew->settle_effects(end, deadline);
            if (!done.ok() && place->crew() == crew) return done;
            settled = std::move(crew);
        }
    }
    return {};
}

void QueryBus::bring_inlined(Position target, Deadline deadline) const {
    if (!any_inlined_) return;
    std::vector<std::shared_ptr<QueryPlace>> places;
    {
        const std::shared_lock lock(mutex_);
        places = places_;
    }
    for (const auto& place : places) {
        std::shared_ptr<Crew> brought;
        // Another one may have taken its place meanwhile.
        for (auto crew = place->crew(); crew != brought && crew->options().life == Life::inlined;
             crew = place->crew()) {
            crew->bring(target, deadline);
            brought = std::move(crew);
        }
    }
}

void QueryBus::add_stored(std::vector<detail::StoredNames>& readers) const {
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        const auto crew = place->crew();
        readers.push_back((crew != nullptr ? crew->type() : place->type()).stored);
    }
}

std::vector<ProjectionStatus> QueryBus::statuses() const {
    const std::shared_lock lock(mutex_);
    std::vector<ProjectionStatus> statuses;
    statuses.reserve(places_.size());
    for (const auto& place : places_) statuses.push_back(place->status());
    for (const auto& rebuilding : rebuilds_) {
        if (auto other = rebuilding->other_status()) statuses.push_back(std::move(*other));
    }
    return statuses;
}

Result<std::shared_ptr<Crew>> QueryBus::running(std::string_view projection) const {
    const std::shared_lock lock(mutex_);
    for (const auto& place : places_) {
        if (auto crew = place->crew(); crew && crew->type().name == projection) return crew;
    }
    for (const auto& rebuilding : rebuilds_) {
        if (auto crew = rebuilding->other(); crew && crew->type().name == projection) return crew;
    }
    return Error{.code = Code::not_found, .message = fmt::format("no projection {} runs in this App", projection)};
}

Result<> QueryBus::retry(std::string_view projection, const std::string& key) const {
    auto crew = running(projection);
    return crew.ok() ? (*crew)->retry(key) : Result<>(std::move(crew).error());
}

Result<> QueryBus::discard(std::string_view projection, const std::string& key) const {
    auto crew = running(projection);
    return crew.ok() ? (*crew)->discard(key) : Result<>(std::move(crew).error());
}

std::vector<QueryStatus> QueryBus::queries() const {
    std::vector<QueryStatus> all;
    const auto add = [&](std::string_view query, std::string_view answered_by, const QueryMeter& meter) {
        QueryStatus& status = all.emplace_back(QueryStatus{std::string(query), std::string(answered_by)});
        meter.read(status);
    };
    {
        const std::shared_lock lock(mutex_);
        for (const auto& [type, route] : routes_) add(route.step->name, route.place->type().name, *route.meter);
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

bool QueryBus::busy_here() const {
    const std::shared_lock lock(mutex_);
    const auto busy = [](const auto& crew) { return crew && crew->busy_here(); };
    return std::ranges::any_of(places_, [&](const auto& place) { return busy(place->crew()); }) ||
           std::ranges::any_of(rebuilds_, [&](const auto& rebuilding) { return busy(rebuilding->other()); }) ||
           std::ranges::any_of(respondents_, [](const auto& those) {
               return std::ranges::any_of(those.second, [](const auto& each) { return AtWork::here(&each->bulkhead); });
           });
}

void QueryBus::stop() {
    // Not under the lock: what is waited for may ask something itself.
    const std::lock_guard once(stopping_);
    std::vector<std::shared_ptr<QueryPlace>> places;
    std::vector<std::shared_ptr<Respondent>> respondents;
    std::vector<std::shared_ptr<Rebuilding>> rebuilds;
    {
        const std::shared_lock lock(mutex_);
        places = places_;
        rebuilds = rebuilds_;
        for (const auto& [query, each] : respondents_) respondents.insert(respondents.end(), each.begin(), each.end());
    }
    for (const auto& rebuilding : rebuilds) rebuilding->stop();
    for (const auto& place : places) {
        if (const auto crew = place->crew()) crew->stop();
    }
    for (const auto& respondent : respondents) respondent->bulkhead.stop();
}

}  // namespace varve
