/// The read door: read models with their workers, and which of them answers what.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <typeindex>
#include <vector>

#include "model/query_route.hpp"
#include "varve/live.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"
#include "varve/store.hpp"

namespace varve {

class QueryBus {
public:
    explicit QueryBus(const Store& store) : store_(store) {}
    QueryBus(const QueryBus&) = delete;
    QueryBus& operator=(const QueryBus&) = delete;
    /// Also where a live query is at work in a read model this very moment.
    ~QueryBus() { stop(); }

    /// Opens the place and starts the worker. After an error the projection is listed as failed, and its queries
    /// (those nobody else answers) answer the error.
    Result<> project(const detail::ProjectionType& type, const Sqlite* file);
    Result<Position> ask(std::type_index type, std::string_view name, const void* query, const After& after,
                         void* answer) const;
    Result<std::unique_ptr<detail::LiveSource>> watch(std::type_index type, std::string_view name,
                                                      const LiveOptions& options) const;
    [[nodiscard]] std::vector<ProjectionStatus> statuses() const;
    /// Stops every worker.
    void stop();

private:
    Result<> check_new(const detail::ProjectionType& type) const;
    Result<std::unique_ptr<ReadModel>> open(const detail::ProjectionType& type, const Sqlite* file) const;
    [[nodiscard]] std::optional<QueryRoute> find(std::type_index type) const;
    Result<> wait(const Worker& worker, std::string_view query, const After& after) const;

    Store store_;
    mutable std::shared_mutex mutex_;  ///< held only to look at or change the two lists
    std::vector<std::shared_ptr<QueryPlace>> places_;
    std::map<std::type_index, QueryRoute> routes_;
};

}  // namespace varve
