// An App that keeps its entities answers everything as one that folds them anew for every command: the same random
// commands, foreign appends, settings, compactions and forgettings are played to both.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "model/temp_folder_fixture.hpp"
#include "model/things.hpp"
#include "varve/testing_clock.hpp"

namespace varve::proof {
namespace {

using namespace things;

class World {
public:
    World(const std::string& where, std::size_t cached_entities)
        : store_(open(where, {.durability = Durability::buffered, .clock = clock_}).value()),
          app_(store_, keys_, {.clock = clock_, .cached_entities = cached_entities}) {
        wire(app_);
    }

    App& app() { return app_; }
    Store& store() { return store_; }
    testing::VirtualClock& clock() { return *clock_; }

    /// Written past the App, by somebody who may use its keys.
    Result<Receipt> append(const std::string& thing, std::int64_t number) {
        const KeysHere keys = app_.keys_here();
        const Put fact = put(thing, number, number % 2 == 0 ? "g1" : "g2", "bob");
        // 14 stands for an event that does not decode.
        auto data = number == 14 ? Result<std::string>(R"({"thing":1})") : encode_event(fact);
        if (!data.ok()) return std::move(data).error();
        Commit commit;
        commit.events.push_back(
            {.stream = "thing-" + thing, .type = "Put", .data = *std::move(data), .tags = fact.tags()});
        return store_.append(std::move(commit));
    }

private:
    std::shared_ptr<testing::VirtualClock> clock_ = std::make_shared<testing::VirtualClock>();
    Keys keys_ = open_keys("memory:").value();
    Store store_;
    App app_;
};

template <class T>
std::string text_of(const Result<T>& answer) {
    if (!answer.ok()) {
        return fmt::format("{} {} {}", static_cast<int>(answer.error().code), answer.error().reason,
                           answer.error().message);
    }
    if constexpr (std::is_same_v<T, Receipt>) {
        std::string text =
            fmt::format("{}..{}{}", answer->first.value, answer->last.value, answer->repeated ? " again" : "");
        if (!answer->streams.empty()) text += fmt::format(" at {}", answer->time.time_since_epoch().count());
        for (const auto& stream : answer->streams) text += fmt::format(" {}@{}", stream.stream, stream.last.value);
        return text;
    } else {
        return "ok";
    }
}

/// The same steps of the same dice for every world.
class Play {
public:
    explicit Play(std::uint32_t seed) : dice_(seed) {}

    /// Chooses a step and does it in both worlds; answers what it was and what they say.
    std::string step(World& one, World& other) {
        const int kind = roll(100);
        const std::string thing = pick({"a", "b", "c", "d"});
        const std::string second = pick({"a", "b", "c", "d"});
        const std::string group = pick({"g1", "g2"});
        const std::string owner = pick({"ann", "bob", "cid"});
        const int number = roll(100) == 0 ? 13 : roll(13);
        const CommandOptions options{.command_id = roll(8) == 0 ? fmt::format("id-{}", roll(20)) : ""};
        const auto both = [&](std::string_view what, auto&& act) {
            return fmt::format("{} {} {} {}: {}\n{}", what, thing, second, number, act(one), act(other));
        };
        const std::string stream = "thing-" + thing;
        if (kind < 30) {
            return both("put",
                        [&](World& w) { return text_of(w.app().send(PutOne{thing, number, group, owner}, options)); });
        }
        if (kind < 42) return both("look", [&](World& w) { return text_of(w.app().send(Look{thing}, options)); });
        if (kind < 52)
            return both("count", [&](World& w) { return text_of(w.app().send(Count{thing, number * 4}, options)); });
        if (kind < 62)
            return both("move", [&](World& w) { return text_of(w.app().send(Move{thing, second, number}, options)); });
        if (kind < 72)
            return both("gather", [&](World& w) { return text_of(w.app().send(Gather{group, number}, options)); });
        if (kind < 84) {
            const int foreign = roll(60) == 0 ? 13 + roll(2) : number % 10;
            return both("append", [&](World& w) { return text_of(w.append(thing, foreign)); });
        }
        if (kind < 87) return both("keep", [&](World& w) { return text_of(w.store().keep(stream, rules(number))); });
        if (kind < 89) return both("remove", [&](World& w) { return text_of(w.store().remove(stream)); });
        if (kind < 90 && roll(3) == 0)
            return both("end", [&](World& w) { return text_of(w.store().tombstone(stream)); });
        if (kind < 92) return both("compact", [&](World& w) { return text_of(w.store().compact()); });
        if (kind < 95) return both("forget", [&](World& w) { return text_of(w.app().forget(owner)); });
        return both("wait", [&](World& w) {
            w.clock().advance(std::chrono::seconds(number));
            return std::string("ok");
        });
    }

private:
    int roll(int sides) { return static_cast<int>(dice_() % static_cast<std::uint32_t>(sides)); }
    std::string pick(std::initializer_list<const char*> of) { return of.begin()[roll(static_cast<int>(of.size()))]; }
    static Retention rules(int number) {
        if (number < 4) return {.max_count = 1 + static_cast<std::uint64_t>(number)};
        if (number < 7) return {.max_age = std::chrono::seconds(3 * number)};
        if (number < 10) return {.truncate_before = Revision{static_cast<std::uint64_t>(number)}};
        return {.truncate_before = Revision{0}};
    }

    std::mt19937 dice_;
};

class CachedEntities : public ::testing::TestWithParam<const char*> {
protected:
    /// True when all answers of a history of this seed are equal.
    void play(std::uint32_t seed, int steps, std::size_t cached_entities) {
        const TempFolder folder;
        const bool memory = std::string_view(GetParam()) == "memory";
        World anew(memory ? "memory:" : folder.file("anew"), 0);
        World cached(memory ? "memory:" : folder.file("cached"), cached_entities);
        Play history(seed);
        std::string so_far;
        for (int i = 0; i < steps; ++i) {
            const std::string step = history.step(anew, cached);
            so_far += step + '\n';
            const auto colon = step.find(": ");
            const auto line = step.find('\n');
            ASSERT_EQ(step.substr(colon + 2, line - colon - 2), step.substr(line + 1))
                << "seed " << seed << ", step " << i << " of\n"
                << so_far;
        }
    }
};

TEST_P(CachedEntities, answer_as_those_that_are_folded_anew) {
    const bool memory = std::string_view(GetParam()) == "memory";
    for (std::uint32_t seed = 1; seed <= (memory ? 150U : 25U) && !HasFatalFailure(); ++seed) {
        play(seed, 120, 1 + seed % 8);
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, CachedEntities, ::testing::Values("memory", "folder"),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace varve::proof
