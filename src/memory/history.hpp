/// What the memory engine knows: every record, and where each stream and category has its own. Plain containers,
/// no locks: MemoryEngine guards it. Records never move and are never erased, so their views stay valid without
/// any lock as long as the History lives.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memory/originals.hpp"
#include "memory/record.hpp"
#include "store/range.hpp"
#include "store/rules.hpp"
#include "varve/commit.hpp"
#include "varve/engine.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::memory {

/// Positions, ascending; in a stream the n-th is that of revision n.
using Places = std::vector<Position>;

/// What a selection picks: the n-th of `places` (of all positions when null) for each n of the range. Stays
/// valid while the History grows.
struct Slice {
    const Places* places = nullptr;
    store::Range range;
    std::shared_ptr<const Places> found = {};  ///< what `places` points at when no map holds it
};

class History {
public:
    /// Checks every condition, then appends all events with the commit time `now`, or that of the commit before
    /// when `now` has gone back.
    /// A commit that is there already is answered by its receipt instead.
    [[nodiscard]] Result<Receipt> append(Commit commit, Timestamp now);
    [[nodiscard]] std::optional<Receipt> find_command(std::string_view command_id) const {
        return originals_.find_command(command_id);
    }

    [[nodiscard]] Position head() const { return Position{records_.size()}; }
    [[nodiscard]] std::uint64_t commits() const { return commits_; }
    /// The first position committed after `time`.
    [[nodiscard]] Position position_at(Timestamp time) const;
    [[nodiscard]] std::optional<StreamInfo> stream(std::string_view name) const;
    [[nodiscard]] std::vector<StreamInfo> streams(std::string_view prefix, std::string_view after,
                                                  std::size_t limit) const;
    [[nodiscard]] StreamRetention retention(std::string_view stream, Timestamp now) const;
    [[nodiscard]] Slice select(const Selection& selection, Timestamp now) const;
    /// The n-th event of the slice's places; requires that it exists.
    [[nodiscard]] const Event& at(const Slice& slice, std::uint64_t n) const;

private:
    /// Nodes of a map stay where they are, so a Slice may point at a value.
    using PlacesByName = std::map<std::string, Places, std::less<>>;

    /// The settings of a stream, and how it stands under them.
    struct Ruled {
        store::Standing standing;
        store::Rules rules;
        const Event* settings = nullptr;  ///< null: it has none
    };
    [[nodiscard]] Ruled ruled(std::string_view stream) const;
    /// The first revision that a read of the stream shows.
    [[nodiscard]] Revision first_shown(std::string_view stream, const Ruled& ruled, Timestamp now) const;

    [[nodiscard]] Result<> check(const Commit& commit) const;
    void add(NewEvent event, Timestamp time);
    /// Whether the condition holds at the present end.
    [[nodiscard]] Result<> check(const Condition& condition, std::size_t number) const;
    /// The positions of the range whose events match, found by looking at every one.
    [[nodiscard]] Places places_of(const Query& query, store::Range positions) const;
    [[nodiscard]] Position end_of(const Selection& selection) const;
    [[nodiscard]] static StreamInfo info_of(const PlacesByName::value_type& stream);

    std::deque<Record> records_;
    PlacesByName streams_;
    PlacesByName categories_;
    Originals originals_;
    std::uint64_t commits_ = 0;
    bool any_rules_ = false;
};

}  // namespace varve::memory
