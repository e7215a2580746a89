/// Appends to one stream with the outcomes that this protocol's clients know. What it demands beyond the store's own contract
/// is here and nowhere else: how much of a commit that is there already counts as a repeat, that a stream "exists" which has
/// only metadata, and what becomes of the metadata of a deleted stream.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "varve/store.hpp"

namespace varve::kurrent {

struct AppendOrder {
    std::string stream;
    Expected expected;
    std::vector<NewEvent> events;  ///< their `stream` is left empty
};

struct Appended {
    std::optional<Revision> revision;  ///< of the stream's last event; nothing: it has none
    std::optional<Position> position;  ///< of the last event; nothing: none was given
};
struct WrongVersion {
    std::optional<Revision> actual;
};
struct Deleted {};
using AppendOutcome = std::variant<Appended, WrongVersion, Deleted, Error>;

/// Calls `done` once, maybe from a thread of the store that must not wait, maybe before this returns. Never waits for the disk
/// or for room: a full queue is the error `resource_exhausted`.
void append(Store store, AppendOrder order, std::function<void(AppendOutcome)> done);

/// The same where nothing is to be written: only looks whether the stream is as expected.
[[nodiscard]] AppendOutcome check(const Store& store, const std::string& stream, const Expected& expected);

/// To be called for each stream that a commit writes, before its events are added: of a deleted one it adds what replaces the
/// metadata that the deletion has left. Answers whether it has: then somebody else may come first, and the commit be `aborted`
/// for the sake of the stream's metadata; begin anew.
[[nodiscard]] Result<bool> revive(const Store& store, std::string_view stream, Commit& commit);

/// The metadata `json` with another `$tb`, and every other member as it is.
[[nodiscard]] std::string with_truncation(std::string_view json, Revision before);

}  // namespace varve::kurrent
