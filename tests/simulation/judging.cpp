// Answers to appends against what was foreseen.
#include <algorithm>
#include <string>
#include <utility>

#include "simulation/client.hpp"
#include "simulation/words.hpp"
#include "store/rules.hpp"

namespace varve::simulation {
namespace {

std::string named(const Attempt& attempt) {
    return "commit " + std::to_string(attempt.number);
}

/// Its events, in a few words.
std::string told(const Commit& commit) {
    std::string text;
    for (const NewEvent& event : commit.events) {
        text += " " + event.stream;
        if (store::is_settings(event.stream)) text += event.type == store::tombstone_type ? event.type : event.data;
    }
    return " (" + text.substr(1) + ")";
}

std::string described(const Receipt& receipt) {
    std::string text = "positions " + std::to_string(receipt.first.value) + " to " +
                       std::to_string(receipt.last.value) + ", " + to_string(receipt.time) + ", " +
                       std::string(to_string(receipt.durability)) + (receipt.repeated ? ", repeated" : ", new");
    for (const auto& [stream, last] : receipt.streams) text += ", " + stream + " at " + std::to_string(last.value);
    return text;
}

/// Of an original of which some events are taken, streams may be missing, or told by the events that are left.
bool lacks_at_most(const Receipt& receipt, const Receipt& original) {
    return std::ranges::all_of(receipt.streams, [&](const auto& told) {
        const auto line = std::ranges::find(original.streams, told.stream, &Receipt::StreamRevision::stream);
        return line != original.streams.end() && told.last <= line->last;
    });
}

bool same(const Conflict& told, const Conflict& due) {
    // Of a tombstoned stream nobody need know any more where it ended.
    const bool last = told.actual == due.actual || (due.state == StreamState::tombstoned && told.actual <= due.actual);
    return last && told.stream == due.stream && told.expected == due.expected && told.state == due.state &&
           told.condition == due.condition && told.query == due.query && told.after == due.after &&
           told.found == due.found;
}

}  // namespace

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
    Result<Receipt>& answer = *attempt.answer;
    world_.trace.say(
        named(attempt) + told(attempt.commit) +
        (answer ? " lies at " + std::to_string(answer->first.value) : " failed: " + answer.error().to_string()));
    if (answer) {
        require(!poisoned_, [&] { return named(attempt) + " succeeded after a write had failed"; });
        if (attempt.writes()) attempt.due.receipt.time = std::max(world_.clock->now(), history_.last_time());
    } else if (answer.error().code == Code::resource_exhausted || answer.error().code == Code::unavailable) {
        judge_error(attempt, answer.error());
        return;
    } else if (answer.error().code == Code::data_loss && pages_may_be_lost()) {
        return;
    }
    const std::string wrong = complaint(attempt, attempt.due, answer);
    const bool excused = attempt.or_else && complaint(attempt, *attempt.or_else, answer).empty();
    require(wrong.empty() || excused, [&] { return named(attempt) + " " + wrong; });
    if (answer && attempt.writes()) history_.add(attempt.commit, answer->time);
}

std::string Client::complaint(const Attempt& attempt, const Outcome& due, const Result<Receipt>& answer) const {
    using Kind = Outcome::Kind;
    const bool should_succeed = due.kind == Kind::placed || due.kind == Kind::repeated;
    if (answer) {
        if (should_succeed) return complaint(*answer, due);
        if (due.kind == Kind::refused) {
            return "succeeded though its condition " + std::to_string(due.conflict.condition) + " does not hold";
        }
        return due.kind == Kind::ended ? "was appended behind a tombstone" : "succeeded though a part of it is there";
    }
    const Error& error = answer.error();
    std::string wrong = "failed without a reason, or another than it says: " + error.to_string();
    if (should_succeed) return wrong;
    if (due.kind == Kind::overlaps) {
        if (error.code != Code::already_exists || !error.overlap) return wrong;
        const auto& known = error.overlap->known;
        const bool right = std::ranges::all_of(known, [&](const Overlap::Known& one) {
            const Kept& kept = history_.events()[one.position.value];
            return std::ranges::count(due.known, one.position) > 0 && kept.event.stream == one.stream &&
                   kept.revision == one.revision && kept.event.id == one.id &&
                   attempt.commit.events[one.event].id == one.id;
        });
        return right && known.size() == due.known.size() ? std::string() : wrong;
    }
    const Code code = due.kind == Kind::ended ? Code::failed_precondition : Code::aborted;
    const bool right = error.code == code && error.conflict && same(*error.conflict, due.conflict) &&
                       (due.kind == Kind::refused || error.reason == "stream.tombstoned");
    return right ? std::string() : wrong;
}

std::string Client::complaint(const Receipt& receipt, const Outcome& due) const {
    Receipt wanted = due.receipt;
    wanted.durability = durability_;
    if (due.streams_may_lack && lacks_at_most(receipt, wanted)) wanted.streams = receipt.streams;
    if (receipt == wanted) return {};
    return "got a wrong receipt: " + described(receipt) + " instead of " + described(wanted);
}

/// The disk's, the index's, or the queue's.
void Client::judge_error(const Attempt& attempt, const Error& error) {
    const auto complain = [&] { return named(attempt) + " failed without a reason: " + error.to_string(); };
    if (error.code == Code::resource_exhausted) {
        require(no_room || expect_lag || index_fails, complain);
        return;
    }
    require(world_.files->happened() || no_room || index_fails, complain);
    // With an index that fails the log is well: it takes what does not make the index lag too far.
    if (!index_fails || !error.message.starts_with("the index cannot be written")) poisoned_ = true;
}

void Client::find_command() {
    const auto named_ones = [](const Placed& placed) { return !placed.commit.command_id.empty(); };
    std::vector<Placed> all;
    std::ranges::copy_if(history_.commits(), std::back_inserter(all), named_ones);
    if (all.empty()) return;
    settle();
    view_.adopt(history_);
    const Placed& original = world_.dice.pick(all);
    const auto found = store_->find_command(original.commit.command_id);
    const std::string what = "command '" + original.commit.command_id + "' ";
    if (!found && found.error().code == Code::unavailable && (world_.files->happened() || no_room)) return;
    if (!found && found.error().code == Code::data_loss && pages_may_be_lost()) return;
    require(found.ok() && *found, [&] { return what + (found ? "is not known" : found.error().to_string()); });
    const std::string wrong = complaint(**found, view_.outcome({.command_id = original.commit.command_id}));
    require(wrong.empty(), [&] { return what + wrong; });
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
