/// A group: the commits that share one block, one write and one sync. Admission fills it; whoever leads writes it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/query_check.hpp"
#include "engine/terms.hpp"
#include "log/record.hpp"
#include "varve/commit.hpp"

namespace varve::engine {

/// A commit made ready in its caller's thread: encoded, its streams counted.
struct Request {
    explicit Request(Commit given);

    /// A stream that the commit writes, with how many events.
    struct Part {
        std::string_view stream;  ///< points into `commit`
        std::uint32_t events = 0;
    };

    Commit commit;
    log::EncodedCommit encoded;
    std::vector<Part> parts;             ///< in order of first appearance
    std::vector<std::uint32_t> part_of;  ///< of each event; empty when there is just one part
    TermUses terms;                      ///< of its events
    std::vector<QueryCheck> queries;     ///< its conditions on queries
    Receipt receipt;                     ///< places are filled in at admission, time and durability at the end
    std::optional<Error> refusal;        ///< a condition that did not hold: answered when its group is done
};

/// Guarded by the writer's mutex while open; owned by the leader once taken; read by waiters once `done`.
struct Group {
    /// A pipelined commit's end.
    struct Pipelined {
        Receipt receipt;
        std::optional<Error> refusal;
        Completion done;
    };

    std::string payload;
    std::uint32_t events = 0;
    std::uint32_t commits = 0;
    std::uint32_t waiters = 0;  ///< blocking callers, refused ones too
    std::vector<Pipelined> pipelined;

    Timestamp time{};
    std::optional<Error> failure;
    std::atomic<int> done = 0;  ///< 1: time and failure are final

    [[nodiscard]] std::size_t members() const { return waiters + pipelined.size(); }
};

}  // namespace varve::engine
