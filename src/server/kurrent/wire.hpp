/// The small values of the KurrentDB protocol, and what they are to us.
#pragma once

#include <server/kurrent/v1.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "varve/event.hpp"
#include "varve/types.hpp"

namespace varve::kurrent {

/// The position or revision that stands for "none" or "the end".
inline constexpr std::uint64_t no_number = ~std::uint64_t{0};

[[nodiscard]] std::string_view name_of(const v1::StreamIdentifier& stream);
void put_name(std::string_view name, v1::StreamIdentifier& stream);

/// How ids are written in replies, as the request wishes; in requests both forms are understood.
enum class IdForm : std::uint8_t { structured, text };
/// Nothing: it is no UUID.
[[nodiscard]] std::optional<EventId> id_of(const v1::UUID& id);
void put_id(const EventId& id, IdForm form, v1::UUID& out);

/// Tenths of microseconds since 1970, as `created` tells them.
[[nodiscard]] std::string ticks(Timestamp time);
void put_time(Timestamp time, v1::Timestamp& out);
void put_position(Position position, v1::AllStreamPosition& out);

/// The two content types that the protocol knows.
[[nodiscard]] std::string_view content_type_of(std::string_view type);

/// A stored event as its readers see it. The tombstone of a stream, which we keep beside its settings, is shown as the last
/// event of that stream.
void put_event(const Event& event, IdForm form, v1::RecordedEvent& out);
/// A link to an event as its target's number and stream, in a stream that we answer from the index: nobody has stored it. Its
/// revision there is the event's position.
void put_index_link(const Event& target, std::string_view stream, IdForm form, v1::RecordedEvent& out);

}  // namespace varve::kurrent
