/// The write door: from a command to a receipt. Shares nothing with the query side but the store.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "model/command_meter.hpp"
#include "model/command_queue.hpp"
#include "model/entity_cache.hpp"
#include "model/snapshot_keeper.hpp"
#include "varve/app_options.hpp"
#include "varve/command.hpp"
#include "varve/detail/command_route.hpp"
#include "varve/store.hpp"

namespace varve {

/// How often a command is decided before `aborted` is answered.
inline constexpr int decide_attempts = 10;

class CommandBus {
public:
    /// `key_store`: what personal values are read with; nullptr: with none. `snapshots` outlives it; nullptr: there are none.
    explicit CommandBus(const Store& store, const AppOptions& options = {},
                        std::shared_ptr<const KeyStore> key_store = nullptr, SnapshotKeeper* snapshots = nullptr);

    Result<> add(detail::CommandRoute route);
    /// Around the commands of one type; nothing: of all.
    void use(std::optional<std::type_index> type, Middleware middleware);
    Result<Receipt> send(std::type_index type, const void* command, CommandContext& context);
    void send_async(std::type_index type, std::shared_ptr<const void> command, CommandContext context, Completion done);
    /// A command that was recorded, perhaps by an older program: by its stored name, from JSON. A commit under its id that
    /// was caused by the same step is its own, though its type may have changed meanwhile. `unimplemented`: this program
    /// cannot send it; nobody handles one of that name, or several do, or it has another shape and no upcast.
    Result<Receipt> send_recorded(std::string_view name, std::string_view json, CommandOptions options);
    [[nodiscard]] std::vector<CommandStatus> statuses() const;
    /// Streams of this category are a process's from now on, whatever comes. `already_exists`: a command that is handled is
    /// decided on a state whose streams they are.
    Result<> reserve(std::string_view category, std::string_view process);
    /// What the states are folded from.
    void add_stored(std::vector<detail::StoredNames>& readers) const;
    /// Of the commands that nobody waits for; see CommandQueue::stop.
    Result<> stop() { return queue_.stop(); }

private:
    struct Route : detail::CommandRoute {
        explicit Route(detail::CommandRoute route) : detail::CommandRoute(std::move(route)) {}
        std::shared_ptr<CommandMeter> meter = std::make_shared<CommandMeter>();
    };
    struct Around {
        std::optional<std::type_index> type;
        Middleware middleware;
    };
    /// By whom a recorded one is handled, and how it is read, if it is not as it was recorded.
    struct Recorded {
        const Route* route;
        Result<std::shared_ptr<void>> (*older)(std::string_view data);
    };
    /// Replaced as a whole, so that a command on its way keeps the one it began with.
    struct Handlers {
        std::map<std::type_index, std::shared_ptr<const Route>> routes;
        std::map<std::type_index, Error> mistakes;
        std::map<std::string, std::string, std::less<>> processes;  ///< by category
        std::vector<Around> around;
    };
    /// One command on its way.
    struct Passage {
        const Handlers& handlers;
        const Route& route;
        const void* command;
        CommandContext& context;
        bool recorded;
    };

    std::shared_ptr<const Handlers> handlers() const;
    /// Lives as long as the handlers.
    static Result<const Route*> find(const Handlers& handlers, std::type_index type, std::string_view name);
    static Result<Recorded> find_recorded(const Handlers& handlers, std::string_view name);
    Result<Receipt> send(Passage passage);
    Result<Receipt> pass(const Passage& passage, std::size_t at);
    Result<Receipt> decide(const Passage& passage);
    /// Why a command cannot be handled in this way.
    static Result<> check_new(const Handlers& handlers, const detail::CommandRoute& route);

    Store store_;
    EntityCache cache_;
    SnapshotKeeper* const snapshots_;
    mutable std::shared_mutex mutex_;  ///< held only to take or replace the pointer
    std::shared_ptr<const Handlers> handlers_ = std::make_shared<const Handlers>();
    CommandQueue queue_;
};

}  // namespace varve
