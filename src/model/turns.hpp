/// A command's turns at its entities: no other command of the App is decided about any of them meanwhile.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/entity_cache.hpp"
#include "varve/engine.hpp"
#include "varve/result.hpp"

namespace varve {

/// Lives in the thread that decides, on its stack. Entities are taken in the order of their names, so commands over several
/// never wait for one another in a circle. A command that is sent from inside of a decision waits for nobody, since it has
/// turns already: an entity that is not free it goes to out of turn, and the conditions of its append guard it.
class Turns {
public:
    Turns(EntityCache& cache, std::string_view command);
    ~Turns();
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    /// Waits for its turn at every stream's entity. `deadline_exceeded` and `cancelled` say which one is busy, and with what;
    /// `failed_precondition`: this thread is deciding about one of them already, and would wait for itself.
    Result<> take(std::vector<std::string_view> streams, Deadline deadline, const std::stop_token& cancel);

    /// nullptr: out of turn.
    [[nodiscard]] EntityCache::Entity* at(std::string_view stream) const;

private:
    Result<> take_one(std::string_view stream, Deadline deadline, const std::stop_token& cancel);
    [[nodiscard]] const Turns* around(std::string_view stream) const;

    EntityCache& cache_;
    const std::string_view command_;
    const Turns* const outer_;  ///< of the decision that this one is inside of
    std::vector<EntityCache::Entity*> taken_;
};

}  // namespace varve
