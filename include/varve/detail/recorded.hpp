/// Inside the model: commands, and what timers bring back, as they were recorded: perhaps by an older program, under another
/// name and in another shape. Not meant to be included by applications.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/codec.hpp"
#include "varve/detail/upcast.hpp"
#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/json.hpp"
#include "varve/result.hpp"

namespace varve::detail {

/// What upcasters may see of it: its name and data.
[[nodiscard]] inline Event recorded_event(std::string_view name, std::string_view data) {
    Event event;
    event.type = name;
    event.data = data;
    event.content_type = json_content;
    return event;
}

/// Reads what was recorded as an Old, and calls `deliver` with all of the list that it becomes.
template <class Listed, class Old, class F>
Result<> deliver_recorded(std::string_view data, F&& deliver) {
    const auto old = from_json<Old>(data);
    if (!old.ok()) return old.error();
    return Upcaster<Listed>::lead(*old, recorded_event(event_type<Old>(), data), deliver);
}

/// How a command is read that an older program has recorded under this name.
struct RecordedCommand {
    std::string_view name;
    Result<std::shared_ptr<void>> (*parse)(std::string_view data);
};

/// By way of a void*: then all commands share what std::shared_ptr needs.
template <class C>
std::shared_ptr<void> owned_command(C command) {
    void* const own = new C(std::move(command));
    return std::shared_ptr<void>(own, +[](void* old) { delete static_cast<C*>(old); });
}

/// A command of which no default is there to be read into.
[[nodiscard]] VARVE_API Error unreadable_command();
/// A command that became `count` commands by its upcast, and not one.
[[nodiscard]] VARVE_API Error not_one_command(std::string_view name, std::size_t count);

template <class C, class Old>
Result<std::shared_ptr<void>> parse_recorded(std::string_view data) {
    if constexpr (!std::is_default_constructible_v<Old>) {
        return unreadable_command();
    } else {
        std::shared_ptr<void> one;
        std::size_t count = 0;
        const Result<> led = deliver_recorded<Events<C>, Old>(data, [&](const C& command) {
            if (++count == 1) one = owned_command(command);
        });
        if (!led.ok()) return led.error();
        if (count != 1) return not_one_command(event_type<Old>(), count);
        return one;
    }
}

template <class C, class... Old>
std::span<const RecordedCommand> older_commands(Events<Old...>) {
    static constexpr std::array<RecordedCommand, sizeof...(Old)> each{
        RecordedCommand{stored_name<Old>(), &parse_recorded<C, Old>}...};
    return each;
}

}  // namespace varve::detail
