/// What several threads did with a store and what they were told, with the order in real time in which they began
/// and ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "varve/commit.hpp"
#include "varve/event.hpp"

namespace varve::linearizability {

/// A tick of a clock that all threads share: of two moments the smaller one was earlier.
using Moment = std::uint64_t;
inline constexpr Moment never = std::numeric_limits<Moment>::max();

/// An event as it was seen. Its data is unlike that of every other event.
struct Seen {
    Position position;
    Revision revision;
    std::string stream;
    std::string data;
    friend bool operator==(const Seen&, const Seen&) = default;
};

enum class Outcome : std::uint8_t { acknowledged, conflict, refused, unknown };

struct Append {
    Moment invoked = 0, answered = never;
    Commit commit;
    Outcome outcome = Outcome::unknown;
    Position first = {};                    ///< when acknowledged
    std::optional<Conflict> conflict = {};  ///< when it was one
};

/// A walk forward over everything, or over one stream, from its beginning.
struct Read {
    Moment invoked = 0, answered = 0;
    std::string stream;  ///< empty: all
    std::vector<Seen> events;
};

/// What a subscription to everything, or to one stream, delivered, and when.
struct Delivery {
    struct Item {
        Moment at = 0;
        Seen event;
    };
    std::string stream;  ///< empty: all
    Position from;
    std::vector<Item> items;
};

struct History {
    std::vector<Append> appends;
    std::vector<Read> reads;
    std::vector<Delivery> deliveries;
    std::vector<Seen> end;  ///< everything, when all was over
};

/// The clock. Safe from any thread.
class Ticks {
public:
    Moment next() { return ++last_; }

private:
    std::atomic<Moment> last_ = 0;
};

}  // namespace varve::linearizability
