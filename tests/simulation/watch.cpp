#include "simulation/watch.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "simulation/words.hpp"

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

}  // namespace

void check_read(const Store& store, const History& history, const Selection& selection) {
    const auto due = history.select(selection);
    const auto where = [&] { return "reading " + described(selection) + ": "; };
    auto cursor = store.read(selection);
    require(cursor.ok(), [&] { return where() + cursor.error().to_string(); });
    std::size_t taken = 0;
    while (const Event* event = cursor->next()) {
        require(taken < due.size(), [&] { return where() + "more events than there should be"; });
        const std::string differs = difference(*event, *due[taken++]);
        require(differs.empty(), [&] { return where() + differs; });
    }
    require(cursor->status().ok(), [&] { return where() + cursor->status().error().to_string(); });
    require(taken == due.size(),
            [&] { return where() + std::to_string(taken) + " events instead of " + std::to_string(due.size()); });
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

void check_everything(const Store& store, const History& history) {
    require(store.head() == history.head(), "the head is not where the events end");
    check_read(store, history, {});
    check_read(store, history, {.source = All{}, .direction = Direction::backward});
    std::set<std::string> categories;
    const auto names = history.streams();
    const auto listed = store.streams();
    require(listed.ok() && listed->size() == names.size(), "the list of streams has not the right length");
    for (std::size_t i = 0; i < names.size(); ++i) {
        check_read(store, history, {.source = Stream{names[i]}});
        check_read(store, history, {.source = Stream{names[i]}, .direction = Direction::backward});
        categories.insert(std::string(category_of(names[i])));
        const Kept& last =
            *history.select({.source = Stream{names[i]}, .direction = Direction::backward, .limit = 1}).front();
        const StreamInfo due{.name = names[i], .last = last.revision, .last_position = last.position};
        const auto told = store.stream(names[i]);
        require(told.ok() && *told == due, [&] { return "stream '" + names[i] + "' is not told right"; });
        require((*listed)[i] == due, [&] { return "stream '" + names[i] + "' is not listed right"; });
    }
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
}

void Follower::poll(const Store& store, const History& history) {
    if (!subscription_) {
        auto subscribed = store.subscribe(selection_);
        require(subscribed.ok(), [&] { return "cannot subscribe: " + subscribed.error().to_string(); });
        subscription_ = *std::move(subscribed);
    }
    const auto where = [&] { return "following " + described(selection_) + ": "; };
    for (const Kept* due : history.select(selection_)) {
        const auto event = subscription_->next(Deadline::min());
        require(event.ok(), [&] { return where() + event.error().to_string(); });
        require(*event != nullptr, [&] { return where() + "it stops before " + std::to_string(due->position.value); });
        const std::string differs = difference(**event, *due);
        require(differs.empty(), [&] { return where() + differs; });
    }
    const auto more = subscription_->next(Deadline::min());
    require(more.ok() && *more == nullptr, [&] { return where() + "more events than there should be"; });
    require(subscription_->position() == history.head(), [&] { return where() + "its position is not the head"; });
    selection_.from = subscription_->position();
}

void Follower::forget(Position end) {
    selection_.from = std::min(position(), end);
    disconnect();
}

}  // namespace varve::simulation
