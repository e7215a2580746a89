#include "model/command_mark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/hash.hpp"
#include "model/guard.hpp"
#include "model/metadata.hpp"
#include "store/names.hpp"
#include "varve/personal.hpp"

namespace varve {

namespace {

bool holds_personal(const NewEvent& event) {
    return event.data.find("$sealed") != std::string::npos || event.data.find("$forgotten") != std::string::npos;
}

std::string whole_mark(const CommandContext& context) {
    const PersonalLeftOut nothing_personal;
    std::string mark(context.command());
    // One that cannot be written as JSON is known by its type.
    static_cast<void>(guarded(
        [&]() -> Result<> {
            const Result<std::string> json = context.json();
            if (json.ok()) mark += ':' + to_hex(xxh3_128(*json));
            return {};
        },
        [] { return "the JSON form"; }));
    return mark;
}

std::string_view type_in(std::string_view mark) {
    return mark.substr(0, mark.rfind(':'));
}

/// Without a hash it stands for every command of its type.
bool may_be_same(std::string_view a, std::string_view b) {
    const bool both_hashed = type_in(a) != a && type_in(b) != b;
    return both_hashed ? a == b : type_in(a) == type_in(b);
}

/// What a commit says of its command.
struct Stored {
    std::optional<std::string> mark = {};
    std::optional<std::string> cause = {};
};
Result<Stored> stored_at(const Store& store, Position position) {
    Stored stored;
    auto cursor = store.read({.from = position, .until = position});
    if (!cursor.ok()) return std::move(cursor).error();
    if (const Event* event = cursor->next(); event != nullptr) {
        stored.mark = metadata_member(event->metadata, command_member);
        stored.cause = metadata_member(event->metadata, causation_member);
    }
    if (const Result<> status = cursor->status(); !status.ok()) return status.error();
    return stored;
}

}  // namespace

std::string mark_of(const CommandContext& context, std::span<const NewEvent> events) {
    if (context.options().command_id.empty()) return {};
    if (std::ranges::any_of(events, holds_personal)) return std::string(context.command());
    return whole_mark(context);
}

Result<> check_repeat(const Store& store, const Receipt& original, const CommandContext& context, Repeat how) {
    const auto stored = stored_at(store, original.first);
    if (!stored.ok()) return stored.error();
    const std::string& cause = context.options().causation_id;
    if (how == Repeat::of_one_step && !cause.empty() && stored->cause == cause) return {};
    if (!stored->mark || may_be_same(*stored->mark, whole_mark(context))) return {};
    const std::string& id = context.options().command_id;
    const std::string_view before = type_in(*stored->mark);
    const bool same_type = before == context.command();
    return Error{.code = Code::already_exists,
                 .message = fmt::format(
                     "command id {} is that of {} at position {}, and this is {}; it was not decided: "
                     "give every command an id of its own",
                     store::in_quotes(id), same_type ? fmt::format("a {}", before) : before, original.first.value,
                     same_type ? fmt::format("a {} with other values", before) : std::string(context.command())),
                 .reason = "command.id_reused"};
}

}  // namespace varve
