/// What a second-generation append amounts to: events, and what is expected of streams.
#pragma once

#include <server/kurrent/v2.pb.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/call.hpp"
#include "varve/store.hpp"

namespace varve::kurrent::v2 {

struct Transaction {
    struct Check {
        std::string stream;
        std::int64_t expected = 0;  ///< a revision, or one of the numbers in v2_failure.hpp
    };
    std::vector<NewEvent> events;
    std::vector<Check> checks;
    std::size_t bytes = 0;

    /// Adds a record; or the refusal.
    [[nodiscard]] std::optional<net::Status> add(const AppendRecord& record, std::string_view stream);
};

/// The checks that do not hold now, by their places.
[[nodiscard]] AppendConsistencyViolation violations_of(const Store& store,
                                                       const std::vector<Transaction::Check>& checks);

/// Calls `done` once, as kurrent::append does. An `aborted` outcome means: a check did not hold.
void commit(Store store, std::shared_ptr<const Transaction> transaction, std::function<void(Result<Receipt>)> done);

}  // namespace varve::kurrent::v2
