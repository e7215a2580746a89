// An App with snapshots answers everything as one without: random commands, foreign appends, settings, compactions,
// forgettings, restarts; loads of now and of the past; and all snapshots are deleted again and again.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "model/temp_folder_fixture.hpp"
#include "model/things.hpp"
#include "varve/testing_clock.hpp"
#include "varve/varve.hpp"

namespace varve::proof {
namespace {

using things::Gather;
using things::Group;
using things::Look;
using things::Move;
using things::PutOne;
using things::Seen;
using things::Tally;
using things::Thing;

class World {
public:
    explicit World(std::uint32_t seed) : dice_(seed) { restart(); }

    /// One step, and then whatever can be asked about one thing: the difference between the two, if there is one.
    std::string step() {
        const int kind = roll(100);
        const std::string thing = pick({"a", "b"});
        const std::string what = change(kind, thing);
        const std::string told = differences(thing);
        return told.empty() ? "" : what + " " + thing + ": " + told;
    }
    [[nodiscard]] std::uint64_t used() const { return used_ + app_->snapshots()->used; }
    [[nodiscard]] std::uint64_t written() const { return written_ + app_->snapshots()->written; }

private:
    std::string change(int kind, const std::string& thing) {
        const std::string stream = "thing-" + thing;
        const int number = roll(10);
        if (kind < 50) {
            for (int i = 0; i <= number; ++i) {
                static_cast<void>(app_->send(PutOne{thing, roll(5), pick({"g1", "g2"}), pick({"ann", "bob", "cid"})}));
            }
            return "put";
        }
        if (kind < 65) return look(thing);
        if (kind < 70) return gather(pick({"g1", "g2"}), number);
        if (kind < 75) return static_cast<void>(app_->send(Move{thing, pick({"a", "b"}), number})), "move";
        if (kind < 80) return static_cast<void>(store_.keep(stream, rules(number))), "keep";
        if (kind < 82) return static_cast<void>(store_.remove(stream)), "remove";
        if (kind < 84) return static_cast<void>(store_.compact()), "compact";
        if (kind < 88) return static_cast<void>(app_->forget(pick({"ann", "bob", "cid"}))), "forget";
        if (kind < 92) return restart(), "restart";
        if (kind < 97) return delete_all(), "delete all snapshots";
        clock_->advance(std::chrono::seconds(number));
        return "wait";
    }
    /// The event tells what the command saw.
    std::string look(const std::string& thing) {
        const auto expected = plain_->load<Thing>(thing);
        const auto receipt = app_->send(Look{thing});
        if (!receipt.ok() || !expected.ok()) return "look";
        auto cursor = store_.read({.from = receipt->first, .limit = 1}).value();
        const Event* event = cursor.next();
        const std::string saw = decode_event<Seen>(*event).value().saw;
        EXPECT_EQ(saw, expected->state.text());
        return "look";
    }
    /// A rejection tells what the command saw.
    std::string gather(const std::string& group, int number) {
        const auto expected = plain_->load<Group>(group);
        const auto receipt = app_->send(Gather{group, number});
        if (expected.ok() && !receipt.ok() && receipt.error().reason == "group.even" &&
            !expected->state.numbers.empty()) {
            EXPECT_EQ(receipt.error().message, expected->state.numbers);
        }
        return "gather";
    }
    void restart() {
        if (app_) {
            used_ += app_->snapshots()->used;
            written_ += app_->snapshots()->written;
        }
        app_.reset();
        plain_.reset();
        Snapshots always = snapshots(path());
        always.worth = {};
        app_.emplace(store_, keys_, AppOptions{.clock = clock_, .snapshots = always});
        plain_.emplace(store_, keys_, AppOptions{.clock = clock_});
        things::wire(*app_);
    }
    void delete_all() const {
        for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path() + tail);
    }
    [[nodiscard]] std::string path() const { return folder_.file("app.snapshots"); }

    std::string differences(const std::string& thing) {
        const AsOf place = any_place();
        const std::string group = pick({"g1", "g2"});
        std::string told = difference<Thing>(thing, {}) + difference<Tally>(thing, {}) +
                           difference<Thing>(thing, place) + difference<Tally>(thing, place) +
                           difference<Group>(group, {}) + difference<Group>(group, place);
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (app_->snapshots()->waiting > 0) {
            if (std::chrono::steady_clock::now() > deadline) return told + "nothing is written any more";
            std::this_thread::yield();
        }
        return told;
    }
    AsOf any_place() {
        const std::uint64_t head = std::max<std::uint64_t>(store_.head().value, 1);
        if (roll(3) == 0) return as_of(Revision{dice_() % head});
        if (roll(2) == 0) return as_of(Position{dice_() % head});
        return as_of(clock_->now() - std::chrono::seconds(roll(20)));
    }
    template <class S>
    std::string difference(const std::string& thing, const AsOf& place) const {
        const std::string quick = text_of(app_->load<S>(thing, place)), whole = text_of(plain_->load<S>(thing, place));
        return quick == whole ? "" : fmt::format("\n  with {}\n  without {}", quick, whole);
    }
    template <class S>
    static std::string text_of(const Result<Entity<S>>& entity) {
        if (!entity.ok()) return entity.error().message;
        std::string state;
        if constexpr (std::is_same_v<S, Thing>) state = entity->state.text();
        if constexpr (std::is_same_v<S, Group>) state = entity->state.numbers;
        if constexpr (std::is_same_v<S, Tally>) state = std::to_string(entity->state.total);
        return fmt::format("{} at {} {}", state, entity->revision ? entity->revision->value : 999,
                           entity->position ? entity->position->value : 999);
    }

    int roll(int sides) { return static_cast<int>(dice_() % static_cast<std::uint32_t>(sides)); }
    std::string pick(std::initializer_list<const char*> of) { return of.begin()[roll(static_cast<int>(of.size()))]; }
    static Retention rules(int number) {
        if (number < 2) return {.max_count = 1 + static_cast<std::uint64_t>(number)};
        if (number < 4) return {.max_age = std::chrono::seconds(3 * number)};
        if (number < 6) return {.truncate_before = Revision{static_cast<std::uint64_t>(number)}};
        return {.truncate_before = Revision{0}};
    }

    std::mt19937 dice_;
    TempFolder folder_;
    std::shared_ptr<testing::VirtualClock> clock_ = std::make_shared<testing::VirtualClock>();
    Keys keys_ = open_keys("memory:").value();
    Store store_ = open("memory:", {.clock = clock_}).value();
    std::optional<App> app_, plain_;
    std::uint64_t used_ = 0, written_ = 0;
};

TEST(Snapshots, change_no_answer_whenever_they_come_and_go) {
    std::uint64_t used = 0, written = 0;
    for (std::uint32_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
        World world(seed);
        for (int i = 0; i < 60 && !HasFailure(); ++i) {
            EXPECT_EQ(world.step(), "") << "seed " << seed << ", step " << i;
        }
        used += world.used();
        written += world.written();
    }
    EXPECT_GT(used, 1000U) << "else nothing was tried";
    EXPECT_GT(written, 300U);
}

}  // namespace
}  // namespace varve::proof
