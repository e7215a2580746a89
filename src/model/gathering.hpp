/// A question scattered over many respondents, and what comes back in time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/bulkhead.hpp"
#include "model/query_route.hpp"
#include "varve/detail/seal.hpp"
#include "varve/gather.hpp"

namespace varve {

/// Who answers a query that many may answer: a read model or a function, with threads of its own.
class Respondent {
public:
    Respondent() = default;
    Respondent(const Respondent&) = delete;
    Respondent& operator=(const Respondent&) = delete;
    /// Of the last class: stops the bulkhead before anything that its jobs use is gone.
    virtual ~Respondent() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual std::string_view query() const = 0;
    /// Any thread. What user code throws has become an error.
    virtual Result<std::optional<Position>> answer(const detail::Scattered& query, const After& after,
                                                   Deadline deadline, void* into) = 0;
    /// Why nothing has come until the deadline.
    [[nodiscard]] virtual Error late(const detail::Scattered& query, const After& after) const = 0;

    Bulkhead bulkhead;
    const std::shared_ptr<QueryMeter> meter = std::make_shared<QueryMeter>();
};

[[nodiscard]] std::shared_ptr<Respondent> respondent(const QueryRoute& route);
[[nodiscard]] std::shared_ptr<Respondent> respondent(detail::AnswerFunction function);

/// Asks all of them at once, and waits until the last has answered or the limit of `after` is over.
[[nodiscard]] std::vector<detail::Reply> gather(const std::vector<std::shared_ptr<Respondent>>& respondents,
                                                const detail::Scattered& query, const After& after);

}  // namespace varve
