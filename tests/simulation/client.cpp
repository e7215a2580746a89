#include "simulation/client.hpp"

#include "simulation/words.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace varve::simulation {
namespace {

constexpr std::array categories{"acct", "cart", "audit-x"};

std::string stream_name(Dice& dice) {
    if (dice.chance(5)) return "solo";
    return std::string(dice.pick(categories)) + "-" + std::to_string(dice.chance(50) ? dice.below(2) : dice.below(9));
}

std::string named(const Attempt& attempt) {
    return "commit " + std::to_string(attempt.number);
}

}  // namespace

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
    for (std::size_t i = 0; i < 8; ++i) {
        event.id.bytes[i] = static_cast<std::uint8_t>(commit >> (8 * i));
        event.id.bytes[8 + i] = static_cast<std::uint8_t>((number + 1) >> (8 * i));
    }
    return event;
}

Expected Client::expectation(std::string_view stream) {
    const auto last = view_.last(stream);
    switch (world_.dice.below(10)) {
        case 0: return Expected::none();
        case 1: return Expected::exists();
        case 2: return Expected::exact(Revision{world_.dice.below(20)});
        case 3:
        case 4: return Expected::any();
        default: return last ? Expected::exact(*last) : Expected::none();
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
    add_conditions(made);
    if (dice.chance(30)) made.command_id = "command-" + std::to_string(attempts_);
    return made;
}

Commit Client::again(const Placed& original) {
    Dice& dice = world_.dice;
    if (!original.commit.command_id.empty() && dice.chance(50)) {
        Commit other = commit();
        other.command_id = original.commit.command_id;
        return other;
    }
    Commit same = original.commit;
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

std::shared_ptr<Attempt> Client::attempt() {
    auto made = std::make_shared<Attempt>();
    made->number = ++attempts_;
    if (!history_.commits().empty() && world_.dice.chance(8)) {
        const Placed& original = world_.dice.pick(history_.commits());
        made->commit = again(original);
        made->receipt = original.receipt;
        made->receipt.repeated = true;
    } else {
        made->commit = commit();
        made->refusal = view_.broken(made->commit);
        if (!made->refusal) made->receipt = view_.add(made->commit, view_.last_time());
    }
    made->receipt.durability = durability_;
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
    const auto made = attempt();
    made->commit.conditions.clear();
    if (std::exchange(made->refusal, std::nullopt)) {
        made->receipt = view_.add(made->commit, view_.last_time());
        made->receipt.durability = durability_;
    }
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

void Client::settle() {
    world_.executor->run_all();
    collect();
    require(waiting_.empty(), [&] { return named(*waiting_.front()) + " was never answered"; });
}

void Client::collect() {
    bool failed = false;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        Attempt& attempt = **it;
        if (!attempt.answer) {
            ++it;
            continue;
        }
        require(attempt.answers == 1, [&] { return named(attempt) + " was answered twice"; });
        require(it == waiting_.begin() || !attempt.answer->ok(),
                [&] { return named(attempt) + " was answered before one that was appended earlier"; });
        judge(attempt);
        if (!attempt.answer->ok() && attempt.writes()) {
            failed = true;
            if (attempt.answer->error().code == Code::unavailable) unknown_.push_back(*it);
        }
        it = waiting_.erase(it);
    }
    if (failed) rebuild_view();
}

void Client::judge(Attempt& attempt) {
    if (attempt.answer->ok()) {
        judge_receipt(attempt, **attempt.answer);
        if (attempt.writes()) history_.add(attempt.commit, (*attempt.answer)->time);
        world_.trace.say(named(attempt) + " lies at " + std::to_string((*attempt.answer)->first.value));
    } else {
        world_.trace.say(named(attempt) + " failed: " + attempt.answer->error().to_string());
        judge_error(attempt, attempt.answer->error());
    }
}

void Client::judge_receipt(const Attempt& attempt, const Receipt& receipt) {
    require(!attempt.refusal, [&] {
        return named(attempt) + " succeeded though its condition " + std::to_string(attempt.refusal->condition) +
               " does not hold";
    });
    require(!poisoned_, [&] { return named(attempt) + " succeeded after a write had failed"; });
    Receipt due = attempt.receipt;
    if (!due.repeated) due.time = std::max(world_.clock->now(), history_.last_time());
    require(receipt == due, [&] {
        return "the receipt of " + named(attempt) + " is wrong: position " + std::to_string(receipt.first.value) +
               " instead of " + std::to_string(due.first.value) + ", time " + to_string(receipt.time) + " instead of " +
               to_string(due.time);
    });
}

void Client::judge_error(Attempt& attempt, const Error& error) {
    const auto complain = [&] { return named(attempt) + " failed without a reason: " + error.to_string(); };
    switch (error.code) {
        case Code::aborted: {
            const auto& broken = attempt.refusal;
            require(broken && error.conflict && error.conflict->stream == broken->stream &&
                        error.conflict->expected == broken->expected && error.conflict->actual == broken->actual &&
                        error.conflict->found == broken->found && error.conflict->after == broken->after &&
                        error.conflict->query == broken->query && error.conflict->condition == broken->condition,
                    complain);
            return;
        }
        case Code::resource_exhausted: require(no_room || expect_lag || index_fails, complain); return;
        case Code::unavailable:
            require(world_.files->happened() || no_room || index_fails, complain);
            poisoned_ = true;
            return;
        default: throw Violation(complain());
    }
}

void Client::rebuild_view() {
    view_ = history_;
    for (const auto& attempt : waiting_) {
        if (attempt->writes()) view_.add(attempt->commit, view_.last_time());
    }
}

void Client::abandon() {
    collect();
    for (auto& attempt : waiting_) {
        if (attempt->writes()) unknown_.push_back(std::move(attempt));
    }
    waiting_.clear();
    store_.reset();
}

}  // namespace varve::simulation
