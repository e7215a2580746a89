/// The read door: read models with their crews, and which of them answers what.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "model/gathering.hpp"
#include "model/performers.hpp"
#include "model/query_route.hpp"
#include "model/rebuilding.hpp"
#include "varve/gather.hpp"
#include "varve/live.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"
#include "varve/rebuild.hpp"
#include "varve/store.hpp"

namespace varve {

/// How long `send` waits for projections that are inlined when the command has no deadline of its own.
inline constexpr std::chrono::seconds inlined_limit{5};

class QueryBus {
public:
    explicit QueryBus(const Store& store) : store_(store) {}
    QueryBus(const QueryBus&) = delete;
    QueryBus& operator=(const QueryBus&) = delete;
    /// Also where a live query is at work in a read model this very moment.
    ~QueryBus() { stop(); }

    /// Opens the place of the rows and starts. After an error the projection is listed as failed, and its queries
    /// (those nobody else answers) answer the error.
    Result<> project(const detail::ProjectionType& type, const ProjectionOptions& options);
    Result<Rebuild> rebuild(const detail::ComparedType& old_type, const detail::ComparedType& new_type,
                            const RebuildOptions& options);
    Result<Position> ask(std::type_index type, std::string_view name, const void* query, const After& after,
                         void* answer) const;
    Result<std::unique_ptr<detail::LiveSource>> watch(std::type_index type, std::string_view name,
                                                      const LiveOptions& options) const;
    Result<> answer(detail::AnswerFunction function);
    Result<std::vector<detail::Reply>> gather(const detail::Scattered& query, const After& after) const;
    /// Brings what is inlined to this position, in this thread, as far as the deadline and the projections allow.
    void bring_inlined(Position target, Deadline deadline) const;
    Result<> perform(detail::EffectPerformer performer);
    Result<> retry_effect(std::string_view id) const;
    Result<> settle_effects(Deadline deadline) const;
    [[nodiscard]] std::vector<ProjectionStatus> statuses() const;
    void add_stored(std::vector<detail::StoredNames>& readers) const;
    /// A key in quarantine of the projection of this name. `not_found`: there is no such projection, or key.
    [[nodiscard]] bool runs(std::string_view projection) const { return running(projection).ok(); }
    Result<> retry(std::string_view projection, const std::string& key) const;
    Result<> discard(std::string_view projection, const std::string& key) const;
    /// By name of the query, then of who answers.
    [[nodiscard]] std::vector<QueryStatus> queries() const;
    /// This thread is inside of a handler, an effect or a function that answers, whose end `stop` would wait for.
    [[nodiscard]] bool busy_here() const;
    /// Stops every crew, and waits for functions that are answering.
    void stop();

private:
    /// `not_found`: none of this name runs. Of two of one name, the one in charge.
    [[nodiscard]] Result<std::shared_ptr<Crew>> running(std::string_view projection) const;
    /// `place`: its own queries do not count.
    Result<> check_queries(const detail::ProjectionType& type, const QueryPlace* place) const;
    Result<> check_new(const detail::ProjectionType& type) const;
    /// Queries that have none yet.
    void add_routes(const std::shared_ptr<QueryPlace>& place, const detail::ProjectionType& type);
    Result<std::shared_ptr<QueryPlace>> place_to_rebuild(const detail::ProjectionType& old_type,
                                                         const detail::ProjectionType& new_type) const;
    /// Routes are never taken out.
    [[nodiscard]] const QueryRoute* find(std::type_index type) const;

    Store store_;
    mutable std::shared_mutex mutex_;  ///< held only to look at or change the lists
    std::shared_ptr<Performers> performers_ = std::make_shared<Performers>();
    std::vector<std::shared_ptr<QueryPlace>> places_;
    std::map<std::type_index, QueryRoute> routes_;
    std::map<std::type_index, std::vector<std::shared_ptr<Respondent>>> respondents_;  ///< of what many may answer
    std::atomic<bool> any_inlined_ = false;
    std::vector<std::shared_ptr<Rebuilding>> rebuilds_;
    std::mutex rebuilding_;  ///< one begins after the other
    std::mutex stopping_;
};

}  // namespace varve
