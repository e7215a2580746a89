/// What a Read asks for, in our words.
#pragma once

#include <server/kurrent/v1.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "net/call.hpp"
#include "server/kurrent/filter.hpp"
#include "server/kurrent/wire.hpp"
#include "varve/store.hpp"

namespace varve::kurrent {

struct ReadPlan {
    Selection selection;
    std::string stream;       ///< as it was asked for; empty: `$all`
    bool from_index = false;  ///< the stream is one of `$ce-` and `$et-`, which nobody has stored
    bool nothing = false;     ///< the bounds leave no event
    bool resolve_links = false;
    bool subscription = false;
    std::uint64_t count = 0;  ///< of events to be sent, of a read
    std::optional<Filter> filter;
    std::uint64_t checkpoint_every = 0;  ///< events looked at; 0: no checkpoints
    IdForm ids = IdForm::structured;
    std::uint32_t compatibility = 0;
    std::optional<Revision> asked;  ///< the revision that a read begins at
};

/// Or the refusal of what cannot be asked. `head`: where "only new events" begin.
[[nodiscard]] std::variant<ReadPlan, net::Status> plan_of(const v1::ReadReq::Options& options, Position head);

}  // namespace varve::kurrent
