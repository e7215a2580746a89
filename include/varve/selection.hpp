/// What is read: a source, a direction and bounds. One type serves reads, subscriptions and exports.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "varve/export.hpp"
#include "varve/types.hpp"

namespace varve {

/// Every event of the store.
struct All {
    friend bool operator==(const All&, const All&) = default;
};

/// The events of one stream, e.g. `account-a1`.
struct Stream {
    std::string name;
    friend bool operator==(const Stream&, const Stream&) = default;
};

/// The events of every stream whose name begins with `name-` (or is `name`): category_of(stream) == name.
struct Category {
    std::string name;
    friend bool operator==(const Category&, const Category&) = default;
};

/// Events by type and tag, whatever their stream: those that fit at least one of the items. An event fits an item when
/// its type is one of `types` (empty: whatever its type) and it carries all of `tags` (empty: whatever its tags).
/// Types and tags are compared byte by byte, whole. Example: what decides whether Anna may join course c1,
///   Query{.items = {{.types = {"CourseOpened", "CourseClosed"}, .tags = {"course:c1"}},
///                   {.types = {"Joined", "Left"}, .tags = {"course:c1", "student:anna"}}}}
/// A query without items, or with an item that asks for no type and no tag, is an `invalid_argument`: nothing means
/// "all" by being left out; that is `All`. Order and repeats mean nothing. Limits: varve/limits.hpp.
struct Query {
    struct Item {
        std::vector<std::string> types = {};  ///< any of these; empty: any type
        std::vector<std::string> tags = {};   ///< all of these; empty: none is asked for
        friend bool operator==(const Item&, const Item&) = default;
    };
    std::vector<Item> items = {};
    friend bool operator==(const Query&, const Query&) = default;
};

/// For people and messages: `type 'Joined' or 'Left' with tags 'course:c1' and 'student:anna'; or tag 'course:c2'`.
[[nodiscard]] VARVE_API std::string to_string(const Query& query);

using Source = std::variant<All, Stream, Category, Query>;

enum class Direction : std::uint8_t { forward, backward };

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// What to read. `from` is where reading starts and `until` where it ends, both inclusive, whichever way it
/// goes; absent means the natural end on that side. Example, on a stream with revisions 0..9:
///   {.source = Stream{"s"}, .from_revision = Revision{7}}                                    reads 7 8 9
///   {.source = Stream{"s"}, .direction = Direction::backward, .limit = 2}                    reads 9 8
///   {.source = Stream{"s"}, .direction = backward, .from_revision = Revision{3}, .until_revision = Revision{2}}  reads 3 2
/// Bounds that exclude everything read nothing; that is no error. A revision bound on anything but a Stream is
/// an `invalid_argument`.
struct Selection {
    Source source = All{};
    Direction direction = Direction::forward;
    std::optional<Position> from = {};
    std::optional<Position> until = {};
    std::optional<Revision> from_revision = {};
    std::optional<Revision> until_revision = {};
    std::optional<Timestamp> as_of = {};  ///< only events committed at or before this moment
    std::uint64_t limit = no_limit;       ///< at most so many events
};

}  // namespace varve
