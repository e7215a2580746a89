#include "simulation/watch.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include "simulation/words.hpp"
#include "store/rules.hpp"

namespace varve::simulation {
namespace {

Source any_source(Dice& dice, const History& history) {
    const auto streams = history.streams();
    switch (dice.below(streams.empty() ? 3 : 4)) {
        case 0: return All{};
        case 1: return any_query(dice);
        case 2: return Category{dice.chance(80) ? "acct" : "cart"};
        default: return Stream{dice.pick(streams)};
    }
}

std::string described(const Selection& selection) {
    std::string text = std::holds_alternative<All>(selection.source) ? "all" : "";
    if (const auto* stream = std::get_if<Stream>(&selection.source)) text = "stream " + stream->name;
    if (const auto* category = std::get_if<Category>(&selection.source)) text = "category " + category->name;
    if (const auto* query = std::get_if<Query>(&selection.source)) text = to_string(*query);
    if (selection.direction == Direction::backward) text += ", backward";
    if (selection.from) text += ", from " + std::to_string(selection.from->value);
    if (selection.until) text += ", until " + std::to_string(selection.until->value);
    if (selection.from_revision) text += ", from revision " + std::to_string(selection.from_revision->value);
    if (selection.until_revision) text += ", until revision " + std::to_string(selection.until_revision->value);
    if (selection.as_of) text += ", as of " + to_string(*selection.as_of);
    if (selection.limit != no_limit) text += ", limit " + std::to_string(selection.limit);
    return text;
}

/// What a walk gives against what it may give: all of that, but for events that may have been taken.
class Comparison {
public:
    Comparison(const std::vector<const Kept*>& due, History& history, const std::function<std::string()>& where)
        : due_(due), history_(history), where_(where) {}

    void meet(const Event& event) {
        while (next_ < due_.size() && due_[next_]->position != event.position && may_lack()) pass();
        require(next_ < due_.size(), [&] {
            return where_() + "event " + std::to_string(event.position.value) + " is more than there should be";
        });
        const std::string differs = difference(event, *due_[next_++]);
        require(differs.empty(), [&] { return where_() + differs; });
    }
    void end() {
        while (next_ < due_.size() && may_lack()) pass();
        require(next_ == due_.size(),
                [&] { return where_() + "it ends before event " + std::to_string(due_[next_]->position.value); });
    }

private:
    [[nodiscard]] bool may_lack() const { return due_[next_]->presence != Presence::there; }
    void pass() { history_.miss(due_[next_++]->position); }

    const std::vector<const Kept*>& due_;
    History& history_;
    const std::function<std::string()>& where_;
    std::size_t next_ = 0;
};

}  // namespace

void check_read(const Store& store, History& history, const Selection& selection) {
    const auto due = history.select(selection);
    const std::function<std::string()> where = [&] { return "reading " + described(selection) + ": "; };
    auto cursor = store.read(selection);
    require(cursor.ok(), [&] { return where() + cursor.error().to_string(); });
    Comparison comparison(due, history, where);
    std::uint64_t taken = 0;
    for (; const Event* event = cursor->next(); ++taken) comparison.meet(*event);
    require(cursor->status().ok(), [&] { return where() + cursor->status().error().to_string(); });
    require(taken <= selection.limit, [&] { return where() + "more events than it may have"; });
    if (taken < selection.limit) comparison.end();
}

Selection any_selection(Dice& dice, const History& history) {
    Selection selection{.source = any_source(dice, history)};
    const std::uint64_t beyond = history.head().value + 3;
    if (dice.chance(40)) selection.direction = Direction::backward;
    if (dice.chance(30)) selection.from = Position{dice.below(beyond)};
    if (dice.chance(30)) selection.until = Position{dice.below(beyond)};
    if (std::holds_alternative<Stream>(selection.source)) {
        if (dice.chance(30)) selection.from_revision = Revision{dice.below(beyond)};
        if (dice.chance(30)) selection.until_revision = Revision{dice.below(beyond)};
    }
    if (dice.chance(20) && !history.events().empty()) {
        selection.as_of = dice.pick(history.events()).created - std::chrono::microseconds(dice.below(2));
    }
    if (dice.chance(30)) selection.limit = dice.below(10);
    return selection;
}

namespace {

std::string described(const StreamRetention& retention) {
    const auto number = [](const std::optional<Revision>& one) { return one ? std::to_string(one->value) : "none"; };
    return std::string(to_string(retention.state)) + ", first " + number(retention.first) + ", last " +
           number(retention.last) + ", keeps " + store::with_rules({}, retention.keeps) + ", settings " +
           retention.settings + " at " + number(retention.settings_revision);
}

/// What the store tells of a stream, but for its events.
void check_stream(const Store& store, const History& history, const std::string& name) {
    const auto about = [&] { return "stream '" + name + "' "; };
    const StreamRetention due = history.retention(name);
    const bool live = due.state == StreamState::live;
    const auto told = store.stream(name);
    require(told.ok() && told->has_value() == live, [&] { return about() + "is told to be there, or not, wrongly"; });
    if (live) {
        const auto& events = history.events();
        const auto last =
            std::find_if(events.rbegin(), events.rend(), [&](const Kept& kept) { return kept.event.stream == name; });
        const StreamInfo info{.name = name, .last = last->revision, .last_position = last->position};
        require(**told == info,
                [&] { return about() + "is not told right: revision " + std::to_string((*told)->last.value); });
    }
    auto keeps = store.retention(name);
    require(keeps.ok(), [&] { return about() + keeps.error().to_string(); });
    // Of a tombstoned stream nobody need know any more where it ended.
    if (due.state == StreamState::tombstoned && keeps->last <= due.last) keeps->last = due.last;
    const auto truncated = due.keeps.truncate_before;
    if (history.as_truncated(name, keeps->keeps.truncate_before, truncated)) keeps->keeps.truncate_before = truncated;
    require(*keeps == due, [&] { return about() + "is told as: " + described(*keeps) + "; it is: " + described(due); });
}

void check_streams(const Store& store, const History& history) {
    auto names = history.streams();
    for (const std::string& name : names) check_stream(store, history, name);
    std::erase_if(names, [&](const std::string& name) { return history.state(name) != StreamState::live; });
    const auto listed = store.streams();
    require(listed.ok() && listed->size() == names.size(), "the list of streams has not the right length");
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto told = store.stream(names[i]);
        require(told.ok() && *told && (*listed)[i] == **told,
                [&] { return "stream '" + names[i] + "' is not listed right"; });
    }
}

}  // namespace

void check_everything(const Store& store, History& history) {
    require(store.head() == history.head(), "the head is not where the events end");
    check_read(store, history, {});
    check_read(store, history, {.source = All{}, .direction = Direction::backward});
    std::set<std::string> categories;
    for (const std::string& name : history.streams()) {
        check_read(store, history, {.source = Stream{name}});
        check_read(store, history, {.source = Stream{name}, .direction = Direction::backward});
        categories.insert(std::string(category_of(name)));
    }
    check_streams(store, history);
    for (const std::string& category : categories) {
        check_read(store, history, {.source = Category{category}});
        check_read(store, history, {.source = Category{category}, .direction = Direction::backward});
    }
    for (const char* type : event_types) {
        check_read(store, history, {.source = Query{.items = {{.types = {type}}}}});
        for (const char* tag : event_tags) {
            check_read(store, history, {.source = Query{.items = {{.types = {type}, .tags = {tag}}}}});
        }
    }
    const auto info = store.info();
    require(info.ok() && info->events == history.head().value && info->commits == history.commits().size(),
            "the store's own numbers of events and commits are wrong");
    history.prove(info->digest);
}

void Follower::poll(const Store& store, History& history) {
    if (!subscription_) {
        auto subscribed = store.subscribe(selection_);
        require(subscribed.ok(), [&] { return "cannot subscribe: " + subscribed.error().to_string(); });
        subscription_ = *std::move(subscribed);
    }
    const std::function<std::string()> where = [&] { return "following " + described(selection_) + ": "; };
    const auto due = history.select(selection_);
    Comparison comparison(due, history, where);
    for (;;) {
        const auto event = subscription_->next(Deadline::min());
        require(event.ok(), [&] { return where() + event.error().to_string(); });
        if (*event == nullptr) break;
        comparison.meet(**event);
    }
    comparison.end();
    require(subscription_->position() == history.head(), [&] { return where() + "its position is not the head"; });
    selection_.from = subscription_->position();
}

void Follower::forget(Position end) {
    selection_.from = std::min(position(), end);
    disconnect();
}

}  // namespace varve::simulation
