#include "model/command_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/hash.hpp"
#include "model/attempt.hpp"
#include "model/command_mark.hpp"
#include "model/guard.hpp"
#include "varve/limits.hpp"

namespace varve {

namespace {

/// One for each entity that the command is about.
Result<std::vector<std::uint64_t>> lanes_of(const detail::CommandRoute& route, const void* command) {
    std::vector<std::uint64_t> lanes;
    const Result<> found = guarded(
        [&]() -> Result<> {
            const auto keys = route.keys(command);
            for (std::size_t i = 0; i < keys.size(); ++i) {
                lanes.push_back(xxh3_64(keys[i], xxh3_64(route.entities[i]->category)));
            }
            return {};
        },
        [&] { return fmt::format("the key of command {}", route.name); });
    if (!found.ok()) return found.error();
    std::ranges::sort(lanes);
    lanes.erase(std::ranges::unique(lanes).begin(), lanes.end());
    return lanes;
}

Error one_category(std::string_view category, std::string_view command, std::string_view state,
                   std::string_view process) {
    return {.code = Code::already_exists,
            .message = fmt::format("category '{}' is that of state {}, on which {} is decided, and that of process {}: "
                                   "the events of one would be taken for the steps of the other; give one of them a "
                                   "category of its own",
                                   category, state, command, process)};
}

std::size_t threads_of(const AppOptions& options) {
    return options.background ? std::clamp<std::size_t>(options.command_threads, 1, limits::command_threads) : 0;
}

}  // namespace

CommandBus::CommandBus(const Store& store, const AppOptions& options, std::shared_ptr<const KeyStore> key_store,
                       SnapshotKeeper* snapshots)
    : store_(store),
      cache_(options.cached_entities, std::move(key_store)),
      snapshots_(snapshots),
      queue_(
          [this](QueuedCommand& queued) -> Result<Receipt> {
              const KeysHere keys(queued.keys);
              Result<Receipt> answer = Error{};
              const Result<> sent = guarded(
                  [&]() -> Result<> {
                      answer = send(queued.type, queued.command.get(), queued.context);
                      return {};
                  },
                  [&] { return fmt::format("command {}", queued.context.command()); });
              if (!sent.ok()) return sent.error();
              return answer;
          },
          threads_of(options)) {}

Result<> CommandBus::add(detail::CommandRoute route) {
    const std::unique_lock lock(mutex_);
    auto next = std::make_shared<Handlers>(*handlers_);
    Result<> result = check_new(*next, route);
    if (!result.ok()) {
        next->mistakes.emplace(route.type, result.error());
    } else {
        const std::type_index type = route.type;
        next->routes.emplace(type, std::make_shared<const Route>(std::move(route)));
    }
    handlers_ = std::move(next);
    return result;
}

Result<> CommandBus::check_new(const Handlers& handlers, const detail::CommandRoute& route) {
    if (handlers.routes.contains(route.type)) {
        return Error{
            .code = Code::already_exists,
            .message = fmt::format("command {} has two handlers; call handle once for each command", route.name)};
    }
    for (const detail::StateType* state : route.entities) {
        const auto process = handlers.processes.find(state->category);
        if (process == handlers.processes.end()) continue;
        return one_category(state->category, route.name, state->name, process->second);
    }
    return {};
}

Result<> CommandBus::reserve(std::string_view category, std::string_view process) {
    const std::unique_lock lock(mutex_);
    for (const auto& [type, route] : handlers_->routes) {
        for (const detail::StateType* state : route->entities) {
            if (state->category == category) return one_category(category, route->name, state->name, process);
        }
    }
    auto next = std::make_shared<Handlers>(*handlers_);
    next->processes.emplace(category, process);
    handlers_ = std::move(next);
    return {};
}

void CommandBus::use(std::optional<std::type_index> type, Middleware middleware) {
    const std::unique_lock lock(mutex_);
    auto next = std::make_shared<Handlers>(*handlers_);
    next->around.push_back({type, std::move(middleware)});
    handlers_ = std::move(next);
}

std::shared_ptr<const CommandBus::Handlers> CommandBus::handlers() const {
    const std::shared_lock lock(mutex_);
    return handlers_;
}

Result<const CommandBus::Route*> CommandBus::find(const Handlers& handlers, std::type_index type,
                                                  std::string_view name) {
    if (const auto mistake = handlers.mistakes.find(type); mistake != handlers.mistakes.end()) return mistake->second;
    const auto route = handlers.routes.find(type);
    if (route != handlers.routes.end()) return route->second.get();
    return Error{.code = Code::unimplemented,
                 .message = fmt::format("nobody handles command {0}; call handle<{0}, State>(key, decide) on the App "
                                        "before it is sent",
                                        name)};
}

Result<Receipt> CommandBus::send(std::type_index type, const void* command, CommandContext& context) {
    const auto handlers = this->handlers();
    const auto route = find(*handlers, type, context.command());
    if (!route.ok()) return route.error();
    return send({*handlers, **route, command, context, false});
}

Result<Receipt> CommandBus::send(Passage passage) {
    detail::CommandProgress progress(*passage.route.meter);
    passage.context.show(&progress);
    Result<Receipt> answer = pass(passage, 0);
    passage.context.show(nullptr);
    progress.end(answer, passage.context.attempts());
    return answer;
}

void CommandBus::send_async(std::type_index type, std::shared_ptr<const void> command, CommandContext context,
                            Completion done) {
    auto queued = std::make_shared<QueuedCommand>(type, std::move(command), std::move(context), std::move(done));
    const auto handlers = this->handlers();
    const auto route = find(*handlers, type, queued->context.command());
    if (!route.ok()) return CommandQueue::answer(*queued, route.error());
    auto lanes = lanes_of(**route, queued->command.get());
    if (!lanes.ok()) return CommandQueue::answer(*queued, std::move(lanes).error());
    queued->meter = (*route)->meter;
    queued->keys = KeysHere::now();
    queued->lanes = *std::move(lanes);
    queue_.post(queued);
}

Result<CommandBus::Recorded> CommandBus::find_recorded(const Handlers& handlers, std::string_view name) {
    std::optional<Recorded> found;
    bool now = false;
    for (const auto& [type, route] : handlers.routes) {
        const auto older = std::ranges::find(route->older, name, &detail::RecordedCommand::name);
        const bool as_it_is = route->recorded == name;
        if (!as_it_is && older == route->older.end()) continue;
        if (found && now == as_it_is) {
            return Error{.code = Code::unimplemented,
                         .message = fmt::format("two types of command are called {}, so a recorded one belongs to "
                                                "neither; give one of them another name",
                                                name)};
        }
        // Who handles the old command itself is not given what it would become.
        if (found && now) continue;
        found = {route.get(), as_it_is ? nullptr : older->parse};
        now = as_it_is;
    }
    if (found) return *found;
    return Error{.code = Code::unimplemented,
                 .message = fmt::format("nobody handles command {0}, which was recorded to be sent; call "
                                        "handle<{0}, State>(key, decide) on the App; or, if another one has taken its "
                                        "place, give that one an upcast from it",
                                        name)};
}

Result<Receipt> CommandBus::send_recorded(std::string_view name, std::string_view json, CommandOptions options) {
    const auto handlers = this->handlers();
    const auto found = find_recorded(*handlers, name);
    if (!found.ok()) return found.error();
    const Route& route = *found->route;
    auto command = found->older != nullptr ? found->older(json) : route.parse(json);
    if (!command.ok() && command.error().code == Code::invalid_argument) {
        return Error{
            .code = Code::unimplemented,
            .message = fmt::format("recorded command {}: {}; what was recorded has another shape: keep the old "
                                   "struct, and give {} a version, and an upcast from it",
                                   name, command.error().message, route.name)};
    }
    if (!command.ok()) return std::move(command).within(fmt::format("recorded command {}", name)).error();
    CommandContext context(route.name, command->get(), route.form, std::move(options));
    return send({*handlers, route, command->get(), context, true});
}

Result<Receipt> CommandBus::pass(const Passage& passage, std::size_t at) {
    const auto& around = passage.handlers.around;
    while (at < around.size() && around[at].type && *around[at].type != passage.route.type) ++at;
    if (at == around.size()) return decide(passage);
    Result<Receipt> answer = Error{};
    const Result<> called = guarded(
        [&]() -> Result<> {
            answer = around[at].middleware(passage.context, [&] { return pass(passage, at + 1); });
            return {};
        },
        [&] { return fmt::format("middleware {} around command {}", at + 1, passage.route.name); });
    if (!called.ok()) return called.error();
    return answer;
}

Result<Receipt> CommandBus::decide(const Passage& passage) {
    Result<Receipt> answer =
        Attempt({store_, cache_.keys(), snapshots_}, cache_, passage.route, passage.command, passage.context).run();
    enter(passage.context, CommandStage::middleware);
    if (!answer.ok() || !answer->repeated) return answer;
    const Repeat how = passage.recorded ? Repeat::of_one_step : Repeat::by_anybody;
    if (Result<> repeat = check_repeat(store_, *answer, passage.context, how); !repeat.ok())
        return std::move(repeat).error();
    return answer;
}

void CommandBus::add_stored(std::vector<detail::StoredNames>& readers) const {
    for (const auto& [type, route] : handlers()->routes) {
        for (const detail::StateType* state : route->entities) readers.push_back(state->stored);
    }
}

std::vector<CommandStatus> CommandBus::statuses() const {
    std::vector<CommandStatus> statuses;
    for (const auto& [type, route] : handlers()->routes) {
        statuses.push_back({.command = std::string(route->name)});
        route->meter->read(statuses.back());
    }
    std::ranges::sort(statuses, {}, &CommandStatus::command);
    return statuses;
}

}  // namespace varve
