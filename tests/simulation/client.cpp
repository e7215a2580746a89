#include "simulation/client.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "simulation/words.hpp"
#include "store/rules.hpp"

namespace varve::simulation {

EventId event_id(std::uint64_t commit, std::uint64_t number) {
    EventId id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(commit >> (8 * i));
        id.bytes[8 + i] = static_cast<std::uint8_t>((number + 1) >> (8 * i));
    }
    return id;
}

void Client::begin(Store& store, Durability durability) {
    store_ = store;
    durability_ = durability;
    poisoned_ = false;
    index_fails = false;
    rebuild_view();
}

NewEvent Client::event(std::uint64_t commit, std::uint64_t number) {
    Dice& dice = world_.dice;
    NewEvent event{.stream = stream_name(dice), .type = dice.pick(event_types)};
    event.data = std::to_string(commit) + "." + std::to_string(number);
    event.data.append(dice.chance(5) ? dice.below(3000) : dice.below(60), 'x');
    if (dice.chance(30)) event.metadata = R"({"by":)" + std::to_string(commit) + "}";
    for (const std::string_view tag : event_tags) {
        if (dice.chance(20)) event.tags.emplace_back(tag);
    }
    event.id = event_id(commit, number);
    return event;
}

Expected Client::expectation(const std::string& stream) {
    const auto last = view_.last(stream);
    switch (world_.dice.below(10)) {
        case 0: return Expected::none();
        case 1: return Expected::exists();
        case 2: return Expected::exact(Revision{world_.dice.below(20)});
        case 3:
        case 4: return Expected::any();
        default: {
            const bool none = !last || (view_.state(stream) != StreamState::live && world_.dice.chance(50));
            return none ? Expected::none() : Expected::exact(*last);
        }
    }
}

Commit Client::commit() {
    Dice& dice = world_.dice;
    Commit made;
    const std::uint64_t events = dice.chance(5) ? dice.between(10, 40) : dice.between(1, 5);
    const bool one_stream = dice.chance(60);
    for (std::uint64_t i = 0; i < events; ++i) {
        made.events.push_back(event(attempts_, i));
        const bool enough = i + 1 >= streams_per_commit_max - 1;
        if (one_stream || enough) made.events.back().stream = made.events.front().stream;
    }
    if (one_stream && dice.chance(6)) add_settings(made);
    add_conditions(made);
    if (dice.chance(30)) made.command_id = "command-" + std::to_string(attempts_);
    return made;
}

void Client::add_settings(Commit& made) {
    Dice& dice = world_.dice;
    const std::string subject = dice.chance(50) ? made.events.front().stream : stream_name(dice);
    NewEvent settings = event(attempts_, made.events.size());
    settings.stream = store::settings_of(subject);
    settings.type = dice.chance(5) ? store::tombstone_type : store::metadata_type;
    settings.data = store::with_rules(R"({"owner":"Ada"})", any_rules(subject));
    settings.tags.clear();
    const bool tombstone = settings.type == store::tombstone_type;  // nothing may come behind it
    const auto place = tombstone ? made.events.size() : dice.below(made.events.size() + 1);
    made.events.insert(made.events.begin() + static_cast<std::ptrdiff_t>(place), std::move(settings));
}

Retention Client::any_rules(const std::string& stream) {
    Dice& dice = world_.dice;
    Retention keeps;
    if (dice.chance(40)) keeps.max_count = dice.between(1, 5);
    if (dice.chance(25)) keeps.max_age = std::chrono::seconds(dice.between(1, 300));
    if (dice.chance(40)) {
        const auto last = view_.last(stream);
        keeps.truncate_before = Revision{dice.below(last ? last->value + 3 : 3)};
    }
    return keeps;
}

Commit Client::again(const Placed& original) {
    Dice& dice = world_.dice;
    if (!original.commit.command_id.empty() && dice.chance(50)) {
        Commit other = commit();
        other.command_id = original.commit.command_id;
        return other;
    }
    Commit same = original.commit;
    same.repeats = Repeats::detect;
    if (dice.chance(50)) same.conditions.clear();
    return same;
}

void Client::add_conditions(Commit& made) {
    Dice& dice = world_.dice;
    std::set<std::string> expected;
    if (dice.chance(60)) expected.insert(made.events.front().stream);
    if (dice.chance(15)) expected.insert(stream_name(dice));
    for (const std::string& stream : expected) {
        if (const Expected belief = expectation(stream); belief != Expected::any()) {
            made.conditions.emplace_back(StreamIs{stream, belief});
        }
    }
    if (!dice.chance(35)) return;
    // Mostly of someone who has read nearly everything, so that many hold.
    NoEventMatches none{.query = any_query(dice)};
    const std::uint64_t head = view_.head().value;
    if (head > 0 && dice.chance(90)) none.after = Position{head + 1 - std::min(head + 1, dice.below(6))};
    made.conditions.emplace_back(std::move(none));
}

bool Client::may_vanish(const Kept& kept) const {
    return kept.presence == Presence::doubtful || (compacting_ && std::ranges::binary_search(taking_, kept.position));
}

bool Client::is_sure(const Condition& condition) const {
    const auto* none = std::get_if<NoEventMatches>(&condition);
    return none == nullptr || std::ranges::none_of(history_.events(), [&](const Kept& kept) {
               return may_vanish(kept) && fits(kept.event, none->query);
           });
}

bool Client::is_sure(const Placed& original) const {
    return std::ranges::none_of(history_.events(), [&](const Kept& kept) {
        return may_vanish(kept) && std::ranges::count(original.commit.events, kept.event.id, &NewEvent::id) > 0;
    });
}

std::shared_ptr<Attempt> Client::attempt() {
    ++attempts_;
    if (!history_.commits().empty() && world_.dice.chance(8)) {
        const Placed& original = world_.dice.pick(history_.commits());
        if (is_sure(original)) return foresee(again(original));
    }
    return foresee(commit());
}

std::shared_ptr<Attempt> Client::foresee(Commit commit) {
    auto made = std::make_shared<Attempt>();
    made->number = attempts_;
    made->commit = std::move(commit);
    std::erase_if(made->commit.conditions, [this](const Condition& condition) { return !is_sure(condition); });
    view_.adopt(history_);
    made->due = view_.outcome(made->commit, &made->or_else);
    if (made->writes()) made->due.receipt = view_.add(made->commit, view_.last_time());
    waiting_.push_back(made);
    return made;
}

AppendOptions Client::options() {
    // Nobody makes room while the only thread waits for it.
    return {.when_full = expect_lag || world_.dice.chance(50) ? WhenFull::refuse : WhenFull::wait};
}

void Client::append() {
    settle();
    const auto made = attempt();
    made->answer = store_->append(made->commit, options());
    ++made->answers;
    collect();
}

void Client::append_surely() {
    settle();
    Commit wanted;
    for (int i = 0; wanted.events.empty() || view_.fresh_outcome(wanted).kind != Outcome::Kind::placed; ++i) {
        require(i < 1000, "nothing can be appended any more");
        ++attempts_;
        wanted = commit();
        wanted.conditions.clear();
    }
    const auto made = foresee(std::move(wanted));
    made->answer = store_->append(made->commit, options());
    ++made->answers;
    require(made->answer->ok(), [&] { return "the store does not go on: " + made->answer->error().to_string(); });
    collect();
}

void Client::append_pipelined() {
    const auto made = attempt();
    store_->append(
        made->commit,
        [made](Result<Receipt> answer) {
            made->answer = std::move(answer);
            ++made->answers;
        },
        options());
    collect();
}

}  // namespace varve::simulation
