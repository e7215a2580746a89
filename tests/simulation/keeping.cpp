// What streams keep: settings changed by the methods of Store, and compactions.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "simulation/client.hpp"
#include "simulation/words.hpp"
#include "store/rules.hpp"

namespace varve::simulation {
namespace {

constexpr Revision everything{std::numeric_limits<std::int64_t>::max()};

}  // namespace

void Client::change_settings() {
    settle();
    if (poisoned_) return;
    Dice& dice = world_.dice;
    const std::string stream = stream_name(dice);
    const StreamRetention now = history_.retention(stream);
    std::shared_ptr<Attempt> made;
    world_.overhear = [&](Commit& commit) {
        require(made == nullptr, "a change of settings that nobody raced was tried twice");
        ++attempts_;
        for (NewEvent& event : commit.events) event.id = event_id(attempts_, 0);
        made = foresee(commit);
    };
    const std::uint64_t kind = dice.below(20);
    const Expected expected = dice.chance(50) ? expectation(stream) : Expected::any();
    Result<Receipt> answer = Error{.code = Code::internal, .message = {}};
    std::optional<Retention> wanted;
    if (kind < 12) {
        const Retention keeps = any_rules(stream);
        answer = store_->keep(stream, keeps);
        wanted = keeps;
        if (!keeps.truncate_before) wanted->truncate_before = now.keeps.truncate_before;
        if (wanted->truncate_before == Revision{0}) wanted->truncate_before.reset();
    } else if (kind < 19) {
        answer = store_->remove(stream, expected);
        wanted = now.keeps;
        wanted->truncate_before = everything;
    } else {
        answer = store_->tombstone(stream, expected);
    }
    world_.overhear = {};
    if (made == nullptr) {
        const bool never = answer.error().code == Code::not_found && kind >= 12 && kind < 19 &&
                           (!now.last || now.state == StreamState::tombstoned);
        const bool disk = (answer.error().code == Code::unavailable && world_.files->happened()) ||
                          (answer.error().code == Code::data_loss && pages_may_be_lost());
        require(never || disk, [&] { return "settings cannot be changed: " + answer.error().to_string(); });
        return;
    }
    judge_settings(stream, made->commit, wanted);
    made->answer = std::move(answer);
    ++made->answers;
    collect();
}

/// Does the commit set what was asked for? `wanted`: nothing, it is a tombstone.
void Client::judge_settings(const std::string& stream, const Commit& made, std::optional<Retention> wanted) const {
    const auto complain = [&] { return "the settings of '" + stream + "' are not what was asked for"; };
    require(made.events.size() == 1 && made.events[0].stream == store::settings_of(stream), complain);
    store::Rules rules = store::rules_of(made.events[0].type, made.events[0].data);
    const auto before = [](const Retention& keeps) { return keeps.truncate_before.value_or(Revision{0}); };
    if (wanted && history_.as_truncated(stream, before(rules.keeps), before(*wanted))) {
        rules.keeps.truncate_before = wanted->truncate_before;
    }
    require(rules.ended == !wanted && (rules.ended || rules.keeps == *wanted), complain);
    const auto member = [](const std::string& json) { return json.find(R"("owner":"Ada")") != std::string::npos; };
    require(rules.ended || member(made.events[0].data) == member(history_.retention(stream).settings),
            "a change of settings does not keep what else they say");
}

Position Client::compact(const std::function<void()>& meanwhile) {
    Dice& dice = world_.dice;
    if (dice.chance(50)) settle();
    collect();
    CompactOptions options{.dry_run = dice.chance(15)};
    // Reading packed segments is most of a run's time: a few do.
    if (!options.dry_run && dice.chance(15)) options.compression = Compression::zstd;
    if (!options.dry_run && dice.chance(25)) options.compression = Compression::none;
    const std::uint64_t looks = dice.chance(25) ? dice.below(6) : std::numeric_limits<std::uint64_t>::max();
    bool stopped = false;
    options.watch.stop = [&, looked = std::uint64_t{0}]() mutable {
        meanwhile();
        stopped = ++looked > looks;
        return stopped;
    };

    const Position head = history_.head();
    taking_ = history_.removed();
    const auto was_there = static_cast<std::uint64_t>(std::ranges::count_if(
        taking_, [this](Position position) { return history_.events()[position.value].presence == Presence::there; }));
    if (!options.dry_run) {
        ++compactions_;
        history_.doubt_removed();
        compacting_ = true;
    }
    const auto report = store_->compact(options);
    compacting_ = false;
    const std::vector<Position> taken = std::exchange(taking_, {});
    world_.trace.say((options.dry_run ? "a dry run: " : "a compaction: ") +
                     (report ? std::to_string(report->events) + " events" : report.error().to_string()));
    if (!report) {
        judge_compaction_error(report.error(), stopped);
    } else {
        judge_report(*report, was_there);
        if (!options.dry_run) {
            for (const Position position : taken) history_.miss(position);
        }
    }
    look_for_doubtful();
    rebuild_view();
    return report && !options.dry_run && report->rewritten > 0 ? head : Position{0};
}

void Client::judge_report(const CompactReport& report, std::uint64_t at_least) {
    require(report.events >= at_least, [&] {
        return "a compaction took " + std::to_string(report.events) + " events instead of " + std::to_string(at_least);
    });
    require(report.rewritten <= report.segments, "a compaction wrote more segments than there are");
    require(report.events == 0 || report.rewritten > 0, "a compaction took events out of no segment");
}

void Client::judge_compaction_error(const Error& error, bool stopped) const {
    const auto complain = [&] { return "a compaction failed without a reason: " + error.to_string(); };
    switch (error.code) {
        case Code::cancelled: require(stopped, complain); return;
        case Code::resource_exhausted: require(no_room, complain); return;
        case Code::unavailable: require(world_.files->happened() || no_room || index_fails, complain); return;
        case Code::data_loss: require(pages_may_be_lost(), complain); return;
        default: throw Violation(complain());
    }
}

void Client::look_for_doubtful() {
    // A rename that failed may show its effect when the store is opened next.
    const bool sure = !world_.files->happened();
    const auto doubtful = [](const Kept& kept) { return kept.presence == Presence::doubtful; };
    if (!sure || std::ranges::none_of(history_.events(), doubtful)) return;
    auto cursor = store_->read({});
    require(cursor.ok(), [&] { return "after a compaction nothing can be read: " + cursor.error().to_string(); });
    std::vector<bool> found(history_.head().value);
    while (const Event* event = cursor->next()) {
        if (event->position < history_.head()) found[event->position.value] = true;
    }
    require(cursor->status().ok(),
            [&] { return "after a compaction not all can be read: " + cursor->status().error().to_string(); });
    for (std::uint64_t i = 0; i < found.size(); ++i) {
        if (!doubtful(history_.events()[i])) continue;
        if (found[i]) {
            history_.meet(Position{i});
        } else {
            history_.miss(Position{i});
        }
    }
}

}  // namespace varve::simulation
