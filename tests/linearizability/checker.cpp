#include "linearizability/checker.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace varve::linearizability {
namespace {

/// A commit that is in the store, in order of positions.
struct Placed {
    const Append* append;
    std::uint64_t first, end;
};

/// The best of a value over all entries before (or after) a moment, by binary search.
class Bounds {
public:
    void add(Moment at, std::uint64_t value) { entries_.emplace_back(at, value); }
    void ready_for_max_before() {
        std::ranges::sort(entries_);
        for (std::size_t i = 1; i < entries_.size(); ++i) {
            entries_[i].second = std::max(entries_[i].second, entries_[i - 1].second);
        }
    }
    void ready_for_min_after() {
        std::ranges::sort(entries_);
        for (std::size_t i = entries_.size(); i-- > 1;) {
            entries_[i - 1].second = std::min(entries_[i].second, entries_[i - 1].second);
        }
    }
    [[nodiscard]] std::uint64_t max_before(Moment moment) const {
        const auto past = std::ranges::lower_bound(entries_, moment, {}, &std::pair<Moment, std::uint64_t>::first);
        return past == entries_.begin() ? 0 : std::prev(past)->second;
    }
    [[nodiscard]] std::uint64_t min_after(Moment moment, std::uint64_t otherwise) const {
        const auto after = std::ranges::upper_bound(entries_, moment, {}, &std::pair<Moment, std::uint64_t>::first);
        return after == entries_.end() ? otherwise : after->second;
    }

private:
    std::vector<std::pair<Moment, std::uint64_t>> entries_;
};

class Checker {
public:
    explicit Checker(const History& history) : history_(history) {}

    std::vector<std::string> run() {
        check_end();
        place();
        if (!faults_.empty()) return faults_;  // without an order there is nothing more to say
        check_real_time();
        check_conditions();
        know_bounds();
        for (const Append& append : history_.appends) {
            if (append.outcome == Outcome::conflict) check_conflict(append);
        }
        for (const Read& read : history_.reads) check_read(read);
        for (const Delivery& delivery : history_.deliveries) check_delivery(delivery);
        return faults_;
    }

private:
    void check_end();
    void place();
    void place_one(const Append& append, std::uint64_t first);
    void check_real_time();
    void check_conditions();
    void know_bounds();
    void check_conflict(const Append& append);
    void check_match(const Append& append, Position found);
    void check_read(const Read& read);
    void check_delivery(const Delivery& delivery);
    void fault(std::string what) { faults_.push_back(std::move(what)); }
    /// The position of the first event behind `none.after` that matches.
    [[nodiscard]] std::optional<std::uint64_t> first_match(const NoEventMatches& none) const;
    [[nodiscard]] std::vector<const Seen*> all_of(const std::string& stream) const;
    [[nodiscard]] const Placed* commit_at(std::uint64_t position) const {
        const auto after = std::ranges::upper_bound(placed_, position, {}, &Placed::first);
        return after == placed_.begin() ? nullptr : &*std::prev(after);
    }
    [[nodiscard]] static std::string at(std::uint64_t position) { return "position " + std::to_string(position); }

    const History& history_;
    std::vector<std::string> faults_;
    std::vector<Placed> placed_;
    std::vector<const NewEvent*> given_;                         ///< by position
    std::map<std::string, std::vector<std::uint64_t>> streams_;  ///< positions
    Bounds known_;   ///< how far the store reached at least, before a moment
    Bounds future_;  ///< where what was begun after a moment begins
};

/// Positions without a gap, revisions without a gap.
void Checker::check_end() {
    for (std::uint64_t i = 0; i < history_.end.size(); ++i) {
        const Seen& seen = history_.end[i];
        auto& places = streams_[seen.stream];
        if (seen.position.value != i) return fault("there is a gap or a repeat at " + at(i));
        if (seen.revision.value != places.size()) return fault("the revision is wrong at " + at(i));
        places.push_back(i);
    }
}

/// Every event belongs to one commit, which is there as a whole, where its receipt says.
void Checker::place() {
    std::unordered_map<std::string_view, const Append*> givers;
    for (const Append& append : history_.appends) givers.emplace(append.commit.events.front().data, &append);
    for (std::uint64_t next = 0; next < history_.end.size() && faults_.empty();) {
        const auto giver = givers.find(history_.end[next].data);
        if (giver == givers.end()) return fault("nobody appended what begins at " + at(next));
        const Append* append = std::exchange(giver->second, nullptr);
        if (append == nullptr) return fault("a commit is there twice, again at " + at(next));
        place_one(*append, next);
        next += append->commit.events.size();
    }
    for (const auto& [data, append] : givers) {
        if (append != nullptr && append->outcome == Outcome::acknowledged) {
            fault("acknowledged and gone: '" + std::string(data) + "', which was told to be at " +
                  at(append->first.value));
        }
    }
}

void Checker::place_one(const Append& append, std::uint64_t first) {
    const auto& events = append.commit.events;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (first + i >= history_.end.size() || history_.end[first + i].data != events[i].data ||
            history_.end[first + i].stream != events[i].stream) {
            return fault("a commit is torn or changed at " + at(first + i));
        }
    }
    if (append.outcome == Outcome::conflict || append.outcome == Outcome::refused) {
        return fault("a commit that was refused lies at " + at(first));
    }
    if (append.outcome == Outcome::acknowledged && append.first.value != first) {
        return fault("a commit was acknowledged at " + at(append.first.value) + " and lies at " + at(first));
    }
    placed_.push_back({&append, first, first + events.size()});
    for (const NewEvent& event : events) given_.push_back(&event);
}

/// Who was answered before another one began comes before it.
void Checker::check_real_time() {
    Moment earliest_answer = never;
    std::uint64_t whose = 0;
    for (auto it = placed_.rbegin(); it != placed_.rend(); ++it) {
        if (earliest_answer < it->append->invoked) {
            fault("the commit at " + at(whose) + " was answered before the one at " + at(it->first) +
                  " began, and comes after it");
        }
        if (it->append->answered < earliest_answer) {
            earliest_answer = it->append->answered;
            whose = it->first;
        }
    }
}

/// Every condition holds at the commit's own place.
void Checker::check_conditions() {
    std::unordered_map<std::string, Revision> last;
    for (const Placed& placed : placed_) {
        for (const Condition& condition : placed.append->commit.conditions) {
            if (const auto* none = std::get_if<NoEventMatches>(&condition)) {
                if (const auto match = first_match(*none); match && *match < placed.first) {
                    fault("the commit at " + at(placed.first) + " happened though " + at(*match) +
                          " matches its query");
                }
                continue;
            }
            const auto& is = std::get<StreamIs>(condition);
            const auto found = last.find(is.stream);
            const auto actual = found == last.end() ? std::nullopt : std::optional(found->second);
            if (!is.expected.holds(actual)) {
                fault("the commit at " + at(placed.first) + " expected " + is.expected.to_string() + " of '" +
                      is.stream + "' and happened all the same");
            }
        }
        for (std::uint64_t i = placed.first; i < placed.end; ++i) {
            last.insert_or_assign(history_.end[i].stream, history_.end[i].revision);
        }
    }
}

void Checker::know_bounds() {
    for (const Placed& placed : placed_) {
        known_.add(placed.append->answered, placed.end);
        future_.add(placed.append->invoked, placed.first);
    }
    for (const Read& read : history_.reads) {
        if (!read.events.empty()) known_.add(read.answered, read.events.back().position.value + 1);
    }
    known_.ready_for_max_before();
    future_.ready_for_min_after();
}

/// Between the call and its answer there was a moment at which the condition did not hold, just as it was told.
void Checker::check_conflict(const Append& append) {
    const auto complain = [&](const std::string& why) {
        fault("the conflict over '" + append.conflict->stream + "' for '" + append.commit.events.front().data +
              "' is not justified: " + why);
    };
    if (!append.conflict) return fault("a conflict does not say what it is about");
    const Conflict& conflict = *append.conflict;
    if (conflict.found) return check_match(append, *conflict.found);
    if (conflict.expected.holds(conflict.actual)) return complain("what was found is what was expected");
    const bool asked = std::ranges::any_of(append.commit.conditions, [&](const Condition& condition) {
        const auto* is = std::get_if<StreamIs>(&condition);
        return is != nullptr && is->stream == conflict.stream && is->expected == conflict.expected;
    });
    if (!asked) return complain("nobody had such a condition");

    std::uint64_t low = known_.max_before(append.invoked);
    std::uint64_t high = future_.min_after(append.answered, history_.end.size());
    const auto found = streams_.find(conflict.stream);
    const std::vector<std::uint64_t> none;
    const auto& places = found == streams_.end() ? none : found->second;
    const std::uint64_t next = conflict.actual ? conflict.actual->value + 1 : 0;
    if (next > places.size()) return complain("such a revision never was");
    if (next > 0) {
        const Placed* commit = commit_at(places[next - 1]);
        low = std::max(low, commit->end);
        if (next < places.size() && places[next] < commit->end) return complain("it shows half a commit");
    }
    if (next < places.size()) high = std::min(high, commit_at(places[next])->first);
    if (low > high) complain("the stream was not so at any moment between call and answer");
}

/// The event that was told is the first that matches, and was there before the answer.
void Checker::check_match(const Append& append, Position found) {
    const auto complain = [&](const std::string& why) {
        fault("the conflict over a query for '" + append.commit.events.front().data + "' is not justified: " + why);
    };
    const auto& conditions = append.commit.conditions;
    const std::size_t place = append.conflict->condition;
    const auto* none = place < conditions.size() ? std::get_if<NoEventMatches>(&conditions[place]) : nullptr;
    if (none == nullptr) return complain("nobody had such a condition");
    const auto match = first_match(*none);
    if (!match || Position{*match} != found) return complain("the first event that matches is another");
    if (commit_at(*match)->end > future_.min_after(append.answered, history_.end.size())) {
        complain("the event was not there before the answer");
    }
}

std::optional<std::uint64_t> Checker::first_match(const NoEventMatches& none) const {
    for (std::uint64_t i = none.after ? none.after->value + 1 : 0; i < given_.size(); ++i) {
        const NewEvent& event = *given_[i];
        const bool fits = std::ranges::any_of(none.query.items, [&](const Query::Item& item) {
            return (item.types.empty() || std::ranges::count(item.types, event.type) > 0) &&
                   std::ranges::all_of(item.tags,
                                       [&](const std::string& tag) { return std::ranges::count(event.tags, tag) > 0; });
        });
        if (fits) return i;
    }
    return std::nullopt;
}

std::vector<const Seen*> Checker::all_of(const std::string& stream) const {
    std::vector<const Seen*> all;
    if (stream.empty()) {
        for (const Seen& seen : history_.end) all.push_back(&seen);
    } else if (const auto found = streams_.find(stream); found != streams_.end()) {
        for (const std::uint64_t position : found->second) all.push_back(&history_.end[position]);
    }
    return all;
}

/// A read is a prefix, whole commits, with everything that was known when it began and nothing begun after its end.
void Checker::check_read(const Read& read) {
    const auto all = all_of(read.stream);
    const std::string what = "a read of " + (read.stream.empty() ? "everything" : "'" + read.stream + "'");
    if (read.events.size() > all.size()) return fault(what + " gives more than there is");
    for (std::size_t i = 0; i < read.events.size(); ++i) {
        if (!(read.events[i] == *all[i])) return fault(what + " is no prefix at " + at(all[i]->position.value));
    }
    const bool more = read.events.size() < all.size();
    if (more && all[read.events.size()]->position.value < known_.max_before(read.invoked)) {
        fault(what + " misses what was known before it began, at " + at(all[read.events.size()]->position.value));
    }
    if (read.events.empty()) return;
    const std::uint64_t last = read.events.back().position.value;
    if (more && all[read.events.size()]->position.value < commit_at(last)->end) fault(what + " shows half a commit");
    if (last >= future_.min_after(read.answered, history_.end.size())) {
        fault(what + " shows what was begun after its end");
    }
}

/// A subscription gives all there is from its beginning on, in order, as far as it came, and nothing early.
void Checker::check_delivery(const Delivery& delivery) {
    auto all = all_of(delivery.stream);
    std::erase_if(all, [&](const Seen* seen) { return seen->position < delivery.from; });
    const std::string what =
        "a subscription to " + (delivery.stream.empty() ? "everything" : "'" + delivery.stream + "'");
    if (delivery.items.size() > all.size()) return fault(what + " gives more than there is");
    for (std::size_t i = 0; i < delivery.items.size(); ++i) {
        const Delivery::Item& item = delivery.items[i];
        if (!(item.event == *all[i])) return fault(what + " is out of order at " + at(all[i]->position.value));
        if (commit_at(item.event.position.value)->append->invoked > item.at) fault(what + " is ahead of its time");
    }
}

}  // namespace

std::vector<std::string> faults_of(const History& history) {
    return Checker(history).run();
}

}  // namespace varve::linearizability
