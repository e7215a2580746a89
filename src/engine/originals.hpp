/// Finds the original of a commit that is sent again (docs/internals/engine.md, "Once").
#pragma once

#include <cstdint>
#include <memory>

#include "engine/catalog.hpp"
#include "engine/group.hpp"
#include "engine/known_ids.hpp"
#include "engine/past.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// What examine says of a commit.
enum class Finding : std::uint8_t {
    fresh,     ///< nothing speaks against it: it may be placed, unless it is refused
    answered,  ///< its receipt is in the request, or a refusal: it is to be answered with the open group
    look       ///< look() must be asked without the lock; then everything from the beginning
};

class Originals {
public:
    Originals(std::shared_ptr<Past> past, std::shared_ptr<Catalog> catalog, std::size_t known_events,
              std::uint64_t seed);

    /// Before admission, in the caller's thread: computes what needs no lock.
    void prepare(Request& request) const;

    /// Is there an original? Under the writer's lock; reads memory only. `request.refusal` says whether the
    /// conditions hold. A commit that is found is in `request.receipt`, one of which a part is found in
    /// `request.refusal`. Errors: what look() could not know.
    Result<Finding> examine(Request& request, const Pending& pending);
    /// Reads what examine has asked for. Without the writer's lock.
    Result<> look(Request& request);

    /// Under the writer's lock: the request will be placed soon, if nothing speaks against it.
    void expect(const Request& request) const { known_.expect(request.ids); }
    /// Under the writer's lock: the request was placed, its receipt says where.
    void placed(const Request& request) { known_.add(request.ids, request.commit.command_id, request.receipt.first); }
    /// Under the writer's lock: the group was not written and never will be.
    void forget(const Group& group) { known_.forget(group); }

    /// Reads the recent ids from the log, so that the first commit that needs them need not. Without the writer's lock.
    Result<> build() { return known_.build(); }
    /// Completes what build() has read. Under the writer's lock.
    void adopt(const Pending& pending) { static_cast<void>(known_.ready(pending)); }
    /// A build under way ends soon. Any thread.
    void stop() { known_.stop(); }

private:
    Result<Finding> examine_command(Request& request, const Pending& pending);
    Result<Finding> examine_events(Request& request, const Pending& pending);
    Result<Finding> judge(Request& request, const Pending& pending,
                          const std::vector<std::pair<std::size_t, Position>>& candidates) const;
    static void answer(Request& request, Receipt receipt, const Pending& pending);
    Result<> look_at_command(Request& request, Position first);

    const std::shared_ptr<Past> past_;
    const std::shared_ptr<Catalog> catalog_;
    KnownIds known_;
};

}  // namespace varve::engine
