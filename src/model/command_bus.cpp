#include "model/command_bus.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "model/attempt.hpp"
#include "model/guard.hpp"

namespace varve {

Result<> CommandBus::add(detail::CommandRoute route) {
    const std::unique_lock lock(mutex_);
    auto next = std::make_shared<Handlers>(*handlers_);
    Result<> result;
    if (next->routes.contains(route.type)) {
        Error error{
            .code = Code::already_exists,
            .message = fmt::format("command {} has two handlers; call handle once for each command", route.command)};
        next->mistakes.emplace(route.type, error);
        result = std::move(error);
    } else {
        const std::type_index type = route.type;
        next->routes.emplace(type, std::make_shared<const detail::CommandRoute>(std::move(route)));
    }
    handlers_ = std::move(next);
    return result;
}

void CommandBus::use(Middleware middleware) {
    const std::unique_lock lock(mutex_);
    auto next = std::make_shared<Handlers>(*handlers_);
    next->around.push_back(std::move(middleware));
    handlers_ = std::move(next);
}

std::shared_ptr<const CommandBus::Handlers> CommandBus::handlers() const {
    const std::shared_lock lock(mutex_);
    return handlers_;
}

Result<Receipt> CommandBus::send(std::type_index type, const void* command, CommandContext& context) {
    const auto handlers = this->handlers();
    if (const auto mistake = handlers->mistakes.find(type); mistake != handlers->mistakes.end()) return mistake->second;
    const auto route = handlers->routes.find(type);
    if (route == handlers->routes.end()) {
        return Error{
            .code = Code::unimplemented,
            .message = fmt::format("nobody handles command {0}; call handle<{0}, State>(key, decide) on the App "
                                   "before it is sent",
                                   context.command())};
    }
    return pass(*handlers, 0, *route->second, command, context);
}

Result<Receipt> CommandBus::send_recorded(std::string_view name, std::string_view json, CommandOptions options) {
    const auto handlers = this->handlers();
    const detail::CommandRoute* found = nullptr;
    for (const auto& [type, route] : handlers->routes) {
        if (route->command != name) continue;
        if (found != nullptr) {
            return Error{.code = Code::unimplemented,
                         .message = fmt::format("two types of command are called {}, so a recorded one belongs to "
                                                "neither; give one of them another name",
                                                name)};
        }
        found = route.get();
    }
    if (found == nullptr) {
        return Error{.code = Code::unimplemented,
                     .message = fmt::format("nobody handles command {0}, which was recorded to be sent; call "
                                            "handle<{0}, State>(key, decide) on the App",
                                            name)};
    }
    auto command = found->parse(json);
    if (!command.ok()) return std::move(command).within(fmt::format("recorded command {}", name)).error();
    CommandContext context(found->command, command->get(), found->json, std::move(options));
    return send(found->type, command->get(), context);
}

Result<Receipt> CommandBus::pass(const Handlers& handlers, std::size_t at, const detail::CommandRoute& route,
                                 const void* command, CommandContext& context) {
    if (at == handlers.around.size()) return Attempt(store_, snapshots_, route, command, context).run();
    Result<Receipt> answer = Error{};
    const Result<> called = guarded(
        [&]() -> Result<> {
            answer = handlers.around[at](context, [&] { return pass(handlers, at + 1, route, command, context); });
            return {};
        },
        [&] { return fmt::format("middleware {} around command {}", at + 1, route.command); });
    if (!called.ok()) return called.error();
    return answer;
}

}  // namespace varve
