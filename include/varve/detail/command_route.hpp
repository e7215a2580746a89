/// Inside the model: a command's handler without its types, as the command bus sees it.
#pragma once

#include <cstddef>
#include <future>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "varve/command.hpp"
#include "varve/decision.hpp"
#include "varve/detail/recorded.hpp"
#include "varve/detail/step.hpp"
#include "varve/events.hpp"
#include "varve/json.hpp"

namespace varve::detail {

/// A command without its type.
struct CommandType {
    std::string_view name;
    std::type_index type;
    StoredForm form;
    /// A fresh one, into which one that was recorded is read. nullptr: it has no default value.
    std::shared_ptr<void> (*make)();
    std::string_view recorded;               ///< its name, where it is recorded
    std::span<const RecordedCommand> older;  ///< what it was in older programs
};

/// A command's keys and its decision, as the user gave them, without their types.
struct UserHandler {
    void* own;
    void (*destroy)(void* own);
    void (*keys)(const void* own, const void* command, std::vector<std::string>& keys);
    Decision (*decide)(const void* own, const void* command, const void* const* states);
};

struct CommandRoute : CommandType {
    /// One for each entity that decide takes, in its order; keys answers as many.
    std::vector<const StateType*> entities;
    UserHandler user;
    std::shared_ptr<const void> owned;  ///< keeps what `user` works on

    /// A command that was recorded as it is now, from its JSON.
    [[nodiscard]] VARVE_API Result<std::shared_ptr<void>> parse(std::string_view json) const;
    [[nodiscard]] VARVE_API std::vector<std::string> keys(const void* sent) const;
    [[nodiscard]] VARVE_API Decision decide(const void* sent, const void* const* states) const;
};

[[nodiscard]] VARVE_API CommandRoute route_of(const CommandType& command,
                                              std::initializer_list<const StateType*> entities,
                                              const UserHandler& user);

template <class C>
std::shared_ptr<void> make_command() {
    return owned_command(C{});
}

template <class C>
consteval auto command_maker() -> std::shared_ptr<void> (*)() {
    if constexpr (std::is_default_constructible_v<C>) {
        require_read<C>();
        return &make_command<C>;
    } else {
        return nullptr;
    }
}

// std::invoke and its traits would be made anew for each command.
template <class K, class C>
std::string key_from(const K& key, const C& command) {
    constexpr bool is_member = requires { command.*key; };
    constexpr bool is_function = requires { (command.*key)(); };
    static_assert(
        is_member || is_function || requires { key(command); },
        "varve: the key of a command's entity is a member of the command or a callable that takes the command");
    if constexpr (is_function) {
        return key_text((command.*key)());
    } else if constexpr (is_member) {
        return key_text(command.*key);
    } else {
        return key_text(key(command));
    }
}

/// Only asked whether it could be called.
void takes_decision(Decision decision);

template <std::size_t I, class K>
struct KeyAt {
    K key;
};
/// The ways to the keys, in order. Less for a compiler to make than a std::tuple.
template <class Places, class... K>
struct KeysBy;
template <std::size_t... I, class... K>
struct KeysBy<std::index_sequence<I...>, K...> : KeyAt<I, K>... {
    template <class C>
    void put(const C& command, std::vector<std::string>& keys) const {
        (keys.push_back(key_from(KeyAt<I, K>::key, command)), ...);
    }
};

/// What lies behind UserHandler::own.
template <class C, class F, class States, class... K>
struct Handler;
template <class C, class F, class... S, class... K>
struct Handler<C, F, void(S...), K...> {
    F decide_by;
    KeysBy<std::index_sequence_for<K...>, K...> key_by;

    static void keys(const void* own, const void* command, std::vector<std::string>& keys) {
        static_cast<const Handler*>(own)->key_by.put(*static_cast<const C*>(command), keys);
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
    static_assert(
        requires(const F& call, const C& command, const S&... states) { takes_decision(call(command, states...)); },
        "varve: decide takes the command and one state for each entity, and answers varve::Decision");
    using Own = Handler<C, F, void(S...), K...>;
    void* const own = new Own{std::move(decide), {{std::move(keys)}...}};
    return route_of({reflect::type_name<C>(), typeid(C), stored_form<C>, command_maker<C>(), stored_name<C>(),
                     older_commands<C>(OlderThan<Events<C>>{})},
                    {&state_type<S>()...}, {own, &Own::destroy, &Own::keys, &Own::decide});
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
