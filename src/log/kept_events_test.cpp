#include "log/kept_events.hpp"

#include <gtest/gtest.h>

#include <random>

namespace varve::log {
namespace {

std::vector<bool> random_events(std::uint64_t count, unsigned percent, std::mt19937_64& random) {
    std::vector<bool> kept;
    for (std::uint64_t i = 0; i < count; ++i) kept.push_back(random() % 100 < percent);
    return kept;
}

/// What the section must say, counted by hand.
void expect_right(const std::vector<bool>& kept, const KeptEvents& section) {
    std::uint64_t number = 0;
    for (std::uint64_t event = 0; event < kept.size(); ++event) {
        const auto place = section.find(event);
        ASSERT_TRUE(place.has_value());
        ASSERT_EQ(place->kept, kept[event]) << event;
        ASSERT_EQ(place->number, number) << event;
        if (kept[event]) {
            ++number;
            continue;
        }
        std::uint64_t forward = event;
        while (forward < kept.size() && !kept[forward]) ++forward;
        ASSERT_EQ(section.removed_run(event, true), forward - event) << event;
        std::uint64_t backward = event + 1;
        while (backward > 0 && !kept[backward - 1]) --backward;
        ASSERT_EQ(section.removed_run(event, false), event + 1 - backward) << event;
    }
}

TEST(KeptEvents, say_what_is_there_and_how_far_it_is_to_the_next) {
    std::mt19937_64 random(1);
    for (const std::uint64_t count : {0U, 1U, 63U, 64U, 65U, 128U, 1000U}) {
        for (const unsigned percent : {0U, 1U, 50U, 99U, 100U}) {
            const auto kept = random_events(count, percent, random);
            const std::string section = KeptEvents::encode(kept, 7);
            ASSERT_EQ(section.size(), KeptEvents::bytes_for(count));
            expect_right(kept, KeptEvents(section.data(), count, 7));
            if (HasFatalFailure()) return;
        }
    }
}

TEST(KeptEvents, never_call_an_event_removed_that_is_not) {
    std::mt19937_64 random(2);
    const auto kept = random_events(200, 50, random);
    const std::string whole = KeptEvents::encode(kept, 7);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
        const KeptEvents section(damaged.data(), kept.size(), 7);
        for (std::uint64_t event = 0; event < kept.size(); ++event) {
            const auto place = section.find(event);
            if (kept[event]) {
                EXPECT_TRUE(!place || place->kept) << "bit " << bit << ", event " << event;
            }
        }
    }
    const KeptEvents of_another_file(whole.data(), kept.size(), 8);
    for (std::uint64_t event = 0; event < kept.size(); ++event) {
        const auto place = of_another_file.find(event);
        EXPECT_TRUE(!place || place->kept);
    }
}

}  // namespace
}  // namespace varve::log
