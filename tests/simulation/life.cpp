#include "simulation/life.hpp"

#include <array>
#include <string>
#include <utility>

#include "log/verify.hpp"
#include "simulation/damage.hpp"

namespace varve::simulation {
namespace {

constexpr std::uint64_t all_the_space = std::uint64_t{1} << 40;
/// The engine asks for 1 MiB of room beyond what it writes.
constexpr std::uint64_t spare_room = 1 << 20;

}  // namespace

Lives::Lives(const RunOptions& options, Trace& trace)
    : options_(options),
      world_(options.seed, trace, options_.disguise),
      history_(world_.clock),
      client_(world_, history_) {
    client_.expect_lag = true;
    world_.meanwhile = [this] { meanwhile(); };
    if (options.cut != 0) {
        world_.files->plan({.call = options.cut, .power_cut = true});
        power_cut_ = true;
    }
    followers_.emplace_back(Selection{});
    followers_.emplace_back(Selection{.source = Category{"acct"}});
    followers_.emplace_back(Selection{.source = Stream{"cart-1"}});
    followers_.emplace_back(
        Selection{.source = Query{.items = {{.types = {"Closed"}}, {.types = {"Opened"}, .tags = {"red"}}}}});
}

Lives::~Lives() {
    // A store waits for what is on its way, and nobody else is here to work.
    world_.meanwhile = {};
    world_.kill();
    for (int runs = 0; runs < 1000 && world_.executor->run_one(); ++runs) {
    }
}

void Lives::live() {
    ++lives;
    if (drawn()) suffer_openings();
    durability_ = world_.dice.chance(25) ? Durability::buffered : Durability::durable;
    if (!open()) return;
    draw_faults();
    const std::uint64_t steps = world_.dice.between(3, 40);
    for (std::uint64_t i = 0; i < steps && !power_is_gone(); ++i) {
        inside_ = true;
        step();
        inside_ = false;
        if (broken_) std::rethrow_exception(broken_);
    }
    end();
}

/// Openings that fail, or are cut short themselves.
void Lives::suffer_openings() {
    Dice& dice = world_.dice;
    if (dice.chance(10)) world_.home->damage();
    if (dice.chance(10)) require(world_.home->destroy().ok(), "an index that nobody has open cannot be deleted");
    while (dice.chance(35)) {
        ++faults;
        const bool power = dice.chance(60);
        constexpr std::array codes{Code::unavailable, Code::resource_exhausted};
        world_.files->plan(
            {.call = dice.between(1, 60), .error = dice.pick(codes), .for_ever = dice.chance(30), .power_cut = power});
        auto opened = world_.open(Durability::durable);
        world_.trace.say("an opening under faults: " + (opened ? "ok" : std::string(to_string(opened.error().code))));
        require(opened.ok() || world_.files->happened(),
                [&] { return "the store does not open: " + opened.error().to_string(); });
        if (power) {
            world_.cut_power();
            // What only the operating system had is gone, unless the opening has seen to it.
            if (!opened) lose_buffered();
        } else {
            // An opening syncs what the operating system had, and a sync that fails may lose it.
            if (world_.files->sync_failed()) lose_buffered();
            world_.kill();
        }
        world_.executor->run_all();
    }
}

void Lives::lose_buffered() {
    if (durability_ != Durability::buffered) return;
    required_ = durable_;
    for (Follower& follower : followers_) follower.forget(durable_);
}

bool Lives::open() {
    auto opened = world_.open(durability_);
    if (!opened && power_is_gone()) {
        world_.cut_power();
        power_cut_ = false;
        opened = world_.open(durability_);
    }
    require(opened.ok(), [&] { return "the store does not open: " + opened.error().to_string(); });
    store_ = *std::move(opened);
    closed_ = false;
    client_.begin(*store_, durability_);
    if (!client_.learn(*store_, required_)) {
        die(true);
        return false;
    }
    durable_ = history_.head();
    opened_ = durable_;
    required_ = durable_;
    check_everything(*store_, history_);
    return true;
}

void Lives::draw_faults() {
    client_.no_room = false;
    if (!drawn()) return;
    Dice& dice = world_.dice;
    power_cut_ = false;
    fault_planned_ = true;
    const std::uint64_t call = dice.between(1, dice.chance(50) ? 40 : 300);
    switch (dice.below(6)) {
        case 0:
        case 1:
            world_.files->plan({.call = call, .power_cut = true});
            power_cut_ = true;
            break;
        case 2: world_.files->plan({.call = call, .for_ever = dice.chance(40)}); break;
        case 3:
            world_.files->plan({.call = call, .error = Code::resource_exhausted, .for_ever = dice.chance(40)});
            client_.no_room = true;
            break;
        default:
            world_.files->plan({});
            fault_planned_ = false;
            break;
    }
    if (dice.chance(8)) {
        world_.home->fail(dice.between(1, 10), dice.chance(50) ? Code::unavailable : Code::resource_exhausted);
        client_.index_fails = true;
    }
}

void Lives::step() {
    Dice& dice = world_.dice;
    switch (dice.below(24)) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
        case 5: client_.append(); break;
        case 6:
        case 7:
        case 8:
        case 9: client_.append_pipelined(); break;
        case 10:
        case 11:
            (void)world_.executor->run_one();
            client_.collect();
            break;
        case 12:
            world_.executor->let_time_pass();
            client_.settle();
            break;
        case 13:
        case 14: look(); break;
        case 15:
            if (may_read()) dice.pick(followers_).poll(*store_, history_);
            break;
        case 16:
            world_.clock->jump(std::chrono::milliseconds(dice.between(0, 4'000'000)) - std::chrono::hours(1));
            break;
        case 17: look_beside(); break;
        case 18: fill_disk(); break;
        case 19: client_.change_settings(); break;
        case 20: client_.find_command(); break;
        case 21: client_.change_settings(); break;
        case 22: compact(); break;
        default:
            if (may_read()) check_everything(*store_, history_);
            break;
    }
}

void Lives::look() {
    const Selection selection = any_selection(world_.dice, history_);
    if (may_read()) check_read(*store_, history_, selection);
}

void Lives::compact() {
    const Position durable = client_.compact([this] { meanwhile(); });
    durable_ = std::max(durable_, durable);
}

void Lives::meanwhile() {
    if (!inside_ || broken_ || power_is_gone()) return;
    Dice& dice = world_.dice;
    if (!dice.chance(50)) return;
    inside_ = false;
    // It would wait for the compaction to end.
    world_.executor->hold_back("varve-compress");
    try {
        client_.collect();
        switch (dice.below(8)) {
            case 0:
            case 1: client_.append(); break;
            case 2:
            case 3: client_.append_pipelined(); break;
            case 4: client_.change_settings(); break;
            case 5:
                (void)world_.executor->run_one();
                client_.collect();
                break;
            case 6:
                if (may_read()) dice.pick(followers_).poll(*store_, history_);
                break;
            default: look(); break;
        }
    } catch (const Violation&) {
        broken_ = std::current_exception();
    }
    world_.executor->hold_back("");
    inside_ = true;
}

/// A reader in another process sees a part of what there is, and never what a crash could take away.
void Lives::look_beside() {
    // Of a write that failed nobody knows the end, a reader no more than the writer.
    if (client_.poisoned() || world_.files->happened()) return;
    if (!beside_) {
        auto opened = world_.open_beside();
        if (!opened) {
            require(world_.files->happened() || client_.index_fails,
                    [&] { return "no reader beside: " + opened.error().to_string(); });
            return;
        }
        beside_ = *std::move(opened);
        beside_since_ = client_.compactions();
    }
    world_.executor->let_time_pass();
    client_.settle();
    if (world_.files->happened()) return;
    History seen = history_;
    require(beside_->head() <= history_.head(), "a reader beside sees what was not acknowledged");
    require(seen.cut(beside_->head()), "a reader beside sees half a commit");
    if (beside_since_ != client_.compactions()) seen.doubt_gone();
    check_everything(*beside_, seen);
    durable_ = std::max(durable_, beside_->head());
    if (world_.dice.chance(30)) beside_.reset();
}

void Lives::fill_disk() {
    if (!drawn()) return;
    if (!client_.no_room) {
        client_.no_room = true;
        world_.files->limit_space(world_.files->used_bytes() + spare_room + world_.dice.below(2000));
        return;
    }
    world_.files->limit_space(all_the_space);
    client_.settle();
    if (client_.poisoned() || client_.index_fails || fault_planned_) return;
    world_.executor->let_time_pass(true);
    world_.executor->run_all();
    client_.append_surely();
}

void Lives::end() {
    required_ = history_.head();
    if (power_is_gone()) {
        die(true);
    } else if (!drawn()) {
        close();
    } else {
        switch (world_.dice.below(4)) {
            case 0: die(false); break;
            case 1: die(true); break;
            case 2: drop(); break;
            default: close(); break;
        }
    }
    world_.files->limit_space(all_the_space);
}

void Lives::close() {
    client_.settle();
    for (Follower& follower : followers_) {
        if (!power_is_gone() && may_read()) follower.poll(*store_, history_);
    }
    const auto closed = store_->close();
    world_.trace.say("closed: " + (closed ? "ok" : std::string(to_string(closed.error().code))));
    if (power_is_gone()) return die(true);
    closed_ = closed.ok();
    require(closed.ok() || client_.poisoned() || client_.no_room || client_.index_fails || world_.files->happened(),
            [&] { return "the store does not close: " + closed.error().to_string(); });
    require(!store_->append({.events = {{.stream = "s", .type = "t"}}}).ok(), "a closed store takes events");
    drop();
    if (!closed) return;
    durable_ = history_.head();
    lie_damaged(true);
}

/// The last handle goes without a word.
void Lives::drop() {
    client_.settle();
    client_.abandon();
    required_ = history_.head();
    for (Follower& follower : followers_) follower.disconnect();
    beside_.reset();
    store_.reset();
    if (world_.files->happened() && !closed_) lose_buffered();
    if (power_is_gone()) {
        world_.cut_power();
        power_cut_ = false;
    } else if (drawn()) {
        world_.kill();
    }
}

void Lives::die(bool power) {
    ++faults;
    client_.abandon();
    required_ = history_.head();
    // A sync that fails takes what only the operating system had, as a power cut does.
    if (power || world_.files->happened()) lose_buffered();
    if (power) {
        world_.cut_power();
        power_cut_ = false;
    } else {
        world_.kill();
    }
    world_.trace.say(power ? "the power fails" : "the process dies");
    for (Follower& follower : followers_) follower.disconnect();
    // What is left of the process does no more harm: its files are dead.
    world_.executor->run_all();
    beside_.reset();
    store_.reset();
    lie_damaged(false);
}

void Lives::lie_damaged(bool clean) {
    if (!drawn()) return;
    for (std::uint64_t left = world_.dice.below(4); left > 0; --left) {
        ++faults;
        // After an unclean end no writer knows of a buffered block that was synced.
        const bool unsure = !clean && durability_ == Durability::buffered;
        const Rest rest{.clean = clean, .required = unsure ? std::min(opened_, required_) : required_};
        probe_damage(world_, history_, rest, world_.dice.next());
    }
}

void Lives::look_back() {
    world_.files->plan({});
    power_cut_ = false;
    durability_ = Durability::durable;
    if (!open()) throw Violation("a store without faults cannot be read");
    client_.no_room = false;
    for (Follower& follower : followers_) follower.poll(*store_, history_);
    world_.executor->let_time_pass(true);
    world_.executor->run_all();
    client_.append_surely();
    close();
    VerifyOptions expectations;
    for (const auto& [position, digest] : history_.digests()) expectations.expect.push_back(digest);
    const auto report = log::verify(*world_.files, World::folder, expectations);
    require(report.ok() && !report->damaged(), "verify finds damage in a sound store");
    require(!report->changed() && report->unchanged_up_to, "verify does not find the history unchanged");
    required_ = history_.head();
    if (options_.seed % 2 == 0) require(world_.home->destroy().ok(), "the index of a closed store cannot be deleted");
    if (!open()) throw Violation("a store without faults cannot be read");
    drop();
}

}  // namespace varve::simulation
