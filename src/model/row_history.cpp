#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "model/guard.hpp"
#include "model/quarantine.hpp"
#include "model/row_diff.hpp"

namespace varve {

namespace {

using detail::ComparedType;
using detail::OnStep;
using detail::TableSteps;

/// One of the two projections, in memory, with an eye on the rows that are told.
class ReplayedSide {
public:
    ReplayedSide(const ComparedType& type, const ComparedRows& compared) : type_(type), model_(type.type->make()) {
        for (const TableSteps& table : type.tables) watch(table, compared);
    }

    [[nodiscard]] const ComparedType& type() const { return type_; }

    /// `touched` is given the places of the rows, in RowDiff::rows, that may have changed.
    Result<> apply(const Event& event, std::vector<std::size_t>& touched) {
        if (!set_aside_.empty() && set_aside_.contains(key_of(event))) return {};
        const auto found = type_.type->events.step_for(event);
        if (!found.ok()) set_aside_.insert(key_of(event));  // as it is in the projection itself
        if (!found.ok() || *found == nullptr) return {};
        type_.type->mark(model_.get(), plain_);
        const Result<> applied = guarded_with_tables([&] { return (*found)->apply(model_.get(), event, Partition()); },
                                                     [&] { return fmt::format("on({})", event.type); });
        if (std::vector<detail::NewEffect> none; type_.type->take_effects != nullptr) {
            static_cast<void>(type_.type->take_effects(model_.get(), false, none));
        }
        for (Watched& each : watched_) {
            for (const std::size_t at : each.touched) touched.push_back(each.rows[at]);
            each.touched.clear();
        }
        if (applied.ok()) return {};
        set_aside_.insert(key_of(event));
        if (type_.type->undo(model_.get(), plain_)) return {};
        return Error(applied.error()).within(fmt::format("projection {}", type_.type->name));
    }

    [[nodiscard]] Result<std::string> row(const std::string& table, const TableSteps::Key& key) const {
        const TableSteps* steps = find_table(type_, table);
        return steps == nullptr ? Result<std::string>(std::string()) : steps->row(model_.get(), key.get());
    }

private:
    struct Watched {
        std::vector<std::size_t> rows;     ///< of which row a key is
        std::vector<std::size_t> touched;  ///< places of keys
    };

    [[nodiscard]] std::string key_of(const Event& event) const { return blamed_key(*type_.type, event, Partition()); }

    void watch(const TableSteps& table, const ComparedRows& compared) {
        Watched& watched = watched_.emplace_back();
        std::vector<TableSteps::Key> keys;
        for (std::size_t at = 0; at < compared.keys.size(); ++at) {
            if (compared.diff.rows[at].table != table.name) continue;
            keys.push_back(compared.keys[at]);
            watched.rows.push_back(at);
        }
        if (!keys.empty()) table.watch(model_.get(), keys, watched.touched);
    }

    const ComparedType& type_;
    std::deque<Watched> watched_;                   ///< tables hold their addresses
    std::set<std::string, std::less<>> set_aside_;  ///< keys, after an event that failed, as a projection does it
    std::vector<std::byte> plain_;
    std::shared_ptr<void> model_;
};

Result<> look(const Event& event, const ReplayedSide& before, const ReplayedSide& after, std::size_t at,
              ComparedRows& compared) {
    RowChange& change = compared.diff.rows[at];
    const auto old = before.row(change.table, compared.keys[at]);
    if (!old.ok()) return old.error();
    const auto now = after.row(change.table, compared.keys[at]);
    if (!now.ok()) return now.error();
    if (*old == *now) {
        change.since.reset();
    } else if (!change.since) {
        change.since = EventPlace{event.position, std::string(event.stream), event.revision, std::string(event.type),
                                  event.created};
    }
    return {};
}

/// A class's handlers of today may not be those that have made its rows.
Result<> check_replay(const ReplayedSide& side, bool is_before, ComparedRows& compared) {
    for (std::size_t at = 0; at < compared.keys.size(); ++at) {
        RowChange& change = compared.diff.rows[at];
        const auto row = side.row(change.table, compared.keys[at]);
        if (!row.ok()) return row.error();
        if (*row == (is_before ? change.before : change.after)) continue;
        change.since.reset();
        compared.diff.unexplained = fmt::format(
            "since when is not known of every row: the handlers of {} make other rows of the log today than those that "
            "are there; when they were mended, keep the class as it was under another name and give it as former",
            side.type().type->name);
    }
    return {};
}

Result<> replay_both(const Store& store, Position until, ReplayedSide& before, ReplayedSide& after,
                     ComparedRows& compared) {
    if (until.value == 0) return {};
    auto cursor = store.read({.until = until - 1});
    if (!cursor.ok()) return std::move(cursor).error();
    std::vector<std::size_t> touched;
    while (const Event* event = cursor->next()) {
        touched.clear();
        for (ReplayedSide* side : {&before, &after}) {
            if (Result<> applied = side->apply(*event, touched); !applied.ok()) {
                return std::move(applied).within(fmt::format("stopped at position {}", event->position.value));
            }
        }
        for (const std::size_t at : touched) {
            if (auto looked = look(*event, before, after, at, compared); !looked.ok()) return looked;
        }
    }
    return cursor->status();
}

}  // namespace

Result<> explain_rows(const Store& store, const ComparedType& before, const ComparedType& after,
                      ComparedRows& compared) {
    if (compared.keys.empty()) return {};
    ReplayedSide old(before, compared), now(after, compared);
    if (Result<> replayed = replay_both(store, compared.diff.after, old, now, compared); !replayed.ok()) {
        for (RowChange& change : compared.diff.rows) change.since.reset();
        compared.diff.unexplained = "since when is not known: a replay side by side " + replayed.error().message;
        return {};
    }
    if (auto checked = check_replay(old, true, compared); !checked.ok()) return checked;
    return check_replay(now, false, compared);
}

}  // namespace varve
