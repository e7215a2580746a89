/// The write door: from a command to a receipt. Shares nothing with the query side but the store.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <typeindex>
#include <vector>

#include "model/snapshot_keeper.hpp"
#include "varve/command.hpp"
#include "varve/detail/command_route.hpp"
#include "varve/store.hpp"

namespace varve {

/// How often a command is decided before `aborted` is answered.
inline constexpr int decide_attempts = 10;

class CommandBus {
public:
    /// `snapshots` outlives it; nullptr: there are none.
    explicit CommandBus(const Store& store, SnapshotKeeper* snapshots = nullptr)
        : store_(store), snapshots_(snapshots) {}

    Result<> add(detail::CommandRoute route);
    void use(Middleware middleware);
    Result<Receipt> send(std::type_index type, const void* command, CommandContext& context);
    /// A command that was recorded: by the name of its type, from JSON. Errors besides: `unimplemented` (nobody handles
    /// one of that name, or several do), `invalid_argument` (it does not fit the type any more).
    Result<Receipt> send_recorded(std::string_view name, std::string_view json, CommandOptions options);

private:
    /// Replaced as a whole, so that a command on its way keeps the one it began with.
    struct Handlers {
        std::map<std::type_index, std::shared_ptr<const detail::CommandRoute>> routes;
        std::map<std::type_index, Error> mistakes;
        std::vector<Middleware> around;
    };

    std::shared_ptr<const Handlers> handlers() const;
    Result<Receipt> pass(const Handlers& handlers, std::size_t at, const detail::CommandRoute& route,
                         const void* command, CommandContext& context);

    Store store_;
    SnapshotKeeper* const snapshots_;
    mutable std::shared_mutex mutex_;  ///< held only to take or replace the pointer
    std::shared_ptr<const Handlers> handlers_ = std::make_shared<const Handlers>();
};

}  // namespace varve
