/// Commits, conditions and receipts on the wire, both ways.
#pragma once

#include <wire/store.pb.h>

#include "varve/commit.hpp"
#include "varve/result.hpp"

namespace varve::wire {

void put(const Expected& expected, v1::Expected& out);
[[nodiscard]] Expected expected_of(const v1::Expected& in);
void put(const Query& query, v1::Query& out);
[[nodiscard]] Query query_of(const v1::Query& in);
/// Nothing: empty, which stands for "not given". Errors: `invalid_argument` (not 16 bytes).
[[nodiscard]] Result<EventId> id_of(const std::string& bytes);
[[nodiscard]] std::string bytes_of(const EventId& id);

void put(const Commit& commit, v1::AppendRequest& out);
/// Takes its texts out of it. Errors: `invalid_argument` (an id, or a condition that says nothing).
[[nodiscard]] Result<Commit> commit_of(v1::AppendRequest&& in);
void put(const Receipt& receipt, v1::Receipt& out);
[[nodiscard]] Receipt receipt_of(const v1::Receipt& in);

[[nodiscard]] std::int64_t micros_of(Timestamp time);
[[nodiscard]] Timestamp time_of(std::int64_t micros);

}  // namespace varve::wire
