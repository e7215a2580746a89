/// Inside the model: a command's handler without its types, as the command bus sees it.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "varve/command.hpp"
#include "varve/decision.hpp"
#include "varve/detail/step.hpp"
#include "varve/events.hpp"
#include "varve/json.hpp"

namespace varve::detail {

/// A command's keys and its decision, as the user gave them, without their types.
struct UserHandler {
    std::shared_ptr<const void> own;
    void (*keys)(const void* own, const void* command, std::vector<std::string>& keys);
    Decision (*decide)(const void* own, const void* command, const void* const* states);
};

struct CommandRoute {
    std::string_view command;
    std::type_index type;
    CommandContext::ToJson json;
    /// A command that was recorded, from its JSON.
    Result<std::shared_ptr<void>> (*parse)(std::string_view json);
    /// One for each entity that decide takes, in its order; keys answers as many.
    std::vector<const StateType*> entities;
    UserHandler user;

    [[nodiscard]] VARVE_API std::vector<std::string> keys(const void* sent) const;
    [[nodiscard]] VARVE_API Decision decide(const void* sent, const void* const* states) const;
};

template <class C>
Result<std::string> command_json(const void* command) {
    return to_json(*static_cast<const C*>(command));
}

template <class C>
Result<std::shared_ptr<void>> parse_command(std::string_view json) {
    if constexpr (std::is_default_constructible_v<C>) {
        auto command = from_json<C>(json);
        if (!command.ok()) return std::move(command).error();
        // By way of a void*: then all commands share what std::shared_ptr needs.
        void* const own = new C(std::move(*command));
        return std::shared_ptr<void>(own, +[](void* old) { delete static_cast<C*>(old); });
    } else {
        return Error{.code = Code::invalid_argument,
                     .message =
                         "a command without a default value cannot be read from what was recorded of it; give "
                         "every field a type with a default"};
    }
}

template <class K, class C>
std::string key_from(const K& key, const C& command) {
    static_assert(
        std::is_invocable_v<const K&, const C&>,
        "varve: the key of a command's entity is a member of the command or a callable that takes the command");
    return key_text(std::invoke(key, command));
}

/// What lies behind UserHandler::own.
template <class C, class F, class States, class... K>
struct Handler;
template <class C, class F, class... S, class... K>
struct Handler<C, F, void(S...), K...> {
    F decide_by;
    std::tuple<K...> key_of;

    static void keys(const void* own, const void* command, std::vector<std::string>& keys) {
        std::apply([&](const K&... key) { (keys.push_back(key_from(key, *static_cast<const C*>(command))), ...); },
                   static_cast<const Handler*>(own)->key_of);
    }
    static Decision decide(const void* own, const void* command, const void* const* states) {
        return decide(static_cast<const Handler*>(own)->decide_by, *static_cast<const C*>(command), states,
                      std::index_sequence_for<S...>{});
    }
    static void destroy(void* own) { delete static_cast<Handler*>(own); }

private:
    template <std::size_t... I>
    static Decision decide(const F& decide_by, const C& command, const void* const* states, std::index_sequence<I...>) {
        return decide_by(command, *static_cast<const S*>(states[I])...);
    }
};

template <class C, class F, class... S, class... K>
CommandRoute make_route(F decide, K... keys) {
    static_assert(std::is_invocable_r_v<Decision, const F&, const C&, const S&...>,
                  "varve: decide takes the command and one state for each entity, and answers varve::Decision");
    using Own = Handler<C, F, void(S...), K...>;
    void* const own = new Own{std::move(decide), {std::move(keys)...}};
    return CommandRoute{
        reflect::type_name<C>(), typeid(C),
        &command_json<C>,        &parse_command<C>,
        {&state_type<S>()...},   {std::shared_ptr<const void>(own, &Own::destroy), &Own::keys, &Own::decide}};
}

/// A middleware that is given commands of one type only.
template <class C, class F>
Middleware around_command(F f) {
    static_assert(
        std::is_invocable_r_v<Result<Receipt>, F&, CommandContext&, const C&, const Next&>,
        "varve: middleware of one command takes (varve::CommandContext&, const C&, const varve::Next&) and answers "
        "varve::Result<varve::Receipt>");
    return [f = std::move(f)](CommandContext& context, const Next& next) mutable -> Result<Receipt> {
        return f(context, *static_cast<const C*>(context.body()), next);
    };
}

/// A completion, and the future that it answers.
[[nodiscard]] VARVE_API std::pair<Completion, std::future<Result<Receipt>>> promised_receipt();

template <class F>
Completion completion_of(F f) {
    static_assert(
        std::is_invocable_v<F&, Result<Receipt>> && std::is_copy_constructible_v<F>,
        "varve: what send_async calls at the end takes the answer, varve::Result<varve::Receipt>, and can be copied");
    return Completion(std::move(f));
}

}  // namespace varve::detail
