/// What an event's metadata says about the command behind it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "varve/command.hpp"
#include "varve/event.hpp"

namespace varve {

// Part of the stored form, never change.
inline constexpr std::string_view correlation_member = "$correlationId";
inline constexpr std::string_view causation_member = "$causationId";
inline constexpr std::string_view trace_member = "$traceparent";
inline constexpr std::string_view command_member = "$command";

/// The metadata of every event of a command: a JSON object with `$correlationId`, `$causationId` and `$traceparent` where
/// given, `$command` where there is a mark (command_mark.hpp), then the rest; empty when there is nothing to say.
/// `invalid_argument`: the trace parent is none.
[[nodiscard]] Result<std::string> event_metadata(const CommandOptions& options, std::string mark = {});

/// Of what is caused by this event: its correlation (its own id where it has none) and its trace go on.
[[nodiscard]] CommandOptions caused_by(const Event& event);

/// The trace parent in an event's metadata; empty where there is none, or where somebody has written one that is none.
[[nodiscard]] std::string trace_of(std::string_view metadata);

/// A text of an event's metadata; nothing where there is none.
[[nodiscard]] std::optional<std::string> metadata_member(std::string_view metadata, std::string_view member);

}  // namespace varve
