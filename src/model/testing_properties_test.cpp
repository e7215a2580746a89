#include "varve/testing_properties.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/contacts_fixture.hpp"
#include "model/evolved_bank_fixture.hpp"
#include "model/shop_fixture.hpp"

namespace varve::testing {
namespace {

using bank::Deposited;
using bank::Opened;
using bank::Withdrawn;

/// What a property says when it fails; empty: it holds.
template <class F>
std::string said(F property) {
    try {
        property();
        return {};
    } catch (const Mismatch& mismatch) {
        return mismatch.what();
    }
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct Measured {
    double metres = 0;
    float rough = 0;
    std::chrono::duration<double> took{};
    std::vector<double> more;
};
struct Gauge {
    using Events = varve::Events<Measured>;
    double last = 0;
    void evolve(const Measured& e) { last = e.metres; }
};

TEST(Properties, try_the_numbers_that_are_hard_to_write_down) {
    check_state<Gauge>({.runs = 100});
    Random random(1, Range::full);
    bool large = false;
    bool zero = false;
    for (int i = 0; i < 1000; ++i) {
        const auto number = random.any<double>();
        large = large || std::abs(number) == 0x1p64;
        zero = zero || (number == 0 && std::signbit(number));
    }
    EXPECT_TRUE(large);
    EXPECT_TRUE(zero);
}

TEST(Properties, hold_for_the_models_of_our_own_tests) {
    check_state<bank::Account>();
    check_state<contacts::Contact>();
    check_state<shop::Order>();
    check_projection<bank::Balances>({.runs = 10});
    check_projection<contacts::Directory>({.runs = 10});
}

/// Remembers more than it stores.
struct Forgetful {
    using Events = varve::Events<Deposited>;
    struct Cents {
        std::int64_t value = 0;
        std::int64_t seen = 0;
    };
    Cents cents;
    void evolve(const Deposited& e) { cents.value += e.cents * ++cents.seen; }
};

}  // namespace
}  // namespace varve::testing

template <>
struct varve::codec<varve::testing::Forgetful::Cents> {
    static std::int64_t encode(const varve::testing::Forgetful::Cents& cents) { return cents.value; }
    static varve::testing::Forgetful::Cents decode(std::int64_t value) { return {value, 0}; }
};

namespace varve::testing {
namespace {

TEST(Properties, a_state_that_stores_less_than_it_needs_is_found_with_the_fewest_events) {
    const std::string text = said([] { check_state<Forgetful>(); });
    EXPECT_TRUE(has(text, "Forgetful: the state after 1 events, written and read again, goes on to another one"))
        << text;
    EXPECT_TRUE(has(text, "expected")) << text;
    const auto count = [&](std::string_view word) {
        std::size_t found = 0;
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
        return found;
    };
    EXPECT_EQ(count("account-a: Deposited") + count("any-1: Deposited"), 2U) << text;
}

struct Counting {
    using Events = varve::Events<Deposited, Withdrawn>;
    varve::Table<bank::Balance> balances;
    void on(const Deposited& e) {
        balances.update(e.account, [&](bank::Balance& row) { row.cents += e.cents; });
    }
    void on(const Withdrawn& e) { balances.erase(e.account); }
};

struct Latest {
    using Events = varve::Events<Deposited>;
    varve::Table<bank::Balance> balances;
    void on(const Deposited& e) { balances.put({e.account, e.cents}); }
};

TEST(Properties, a_sum_is_not_idempotent_and_a_put_is) {
    check_projection<Counting>({.runs = 5});
    const std::string text = said([] { check_projection<Counting>({.twice = true}); });
    EXPECT_TRUE(has(text, "Counting: each event given twice makes another one of it, with seed ")) << text;
    EXPECT_TRUE(has(text, "any-1: Deposited {")) << text;
    EXPECT_FALSE(has(text, "Withdrawn {")) << "it is not needed: " << text;

    check_projection<Latest>({.runs = 5, .twice = true});
}

int calls = 0;

/// Its rows depend on something besides the events.
struct Careless {
    using Events = varve::Events<Deposited>;
    varve::Table<bank::Balance> balances;
    void on(const Deposited& e) { balances.put({e.account, ++calls}); }
};

TEST(Properties, a_read_model_that_depends_on_more_than_events_is_found) {
    const std::string text = said([] { check_projection<Careless>(); });
    EXPECT_TRUE(has(text, "Careless: kept live it is not what a replay makes of it")) << text;
}

struct Strict {
    using Events = varve::Events<Opened, Deposited>;
    std::map<std::pair<std::string, int>, std::int64_t> sums;
    bool open = false;
    void on(const Opened&) { open = true; }
    void on(const Deposited& e) {
        if (!open) throw std::runtime_error("not open");
        sums[{e.account, 1}] += e.cents;
    }
};

TEST(Properties, a_history_may_be_made_by_hand_and_what_handlers_refuse_is_left_out) {
    check_projection<Strict>({.runs = 10});
    const std::string text = said([] {
        check_projection<Strict>({.twice = true}, [](Random& random, History& history) {
            history.add(Opened{"a", "Ann"}, varve::on<bank::Account>("x", Deposited{random.any<std::string>(), 5}));
        });
    });
    EXPECT_TRUE(has(text, "any-1: Opened {\"account\":\"a\",\"owner\":\"Ann\"}")) << text;
    EXPECT_TRUE(has(text, "account-x: Deposited")) << text;
    EXPECT_TRUE(has(text, "seed 1 ")) << text;
}

namespace before {
struct Paid {
    std::int64_t euros = 0;
};
}  // namespace before

/// What it becomes depends on how often it was asked.
struct Paid {
    static constexpr int version = 2;
    std::int64_t cents = 0;
    static Paid upcast(const before::Paid& old) { return {old.euros / 2 + ++calls}; }
};
struct Payments {
    using Events = varve::Events<Paid>;
    std::int64_t cents = 0;
    void evolve(const Paid& e) { cents += e.cents; }
};

struct Refunded {
    std::int64_t cents = 0;
    std::string by;
    static Refunded upcast(const before::Paid&) { throw std::runtime_error("never"); }
};
struct Refunds {
    using Events = varve::Events<Refunded>;
    std::int64_t cents = 0;
    void evolve(const Refunded& e) { cents += e.cents; }
};

namespace before {
struct Sold {
    std::int64_t cents = 0;
};
}  // namespace before

struct Sold {
    static constexpr int version = 2;
    std::int64_t cents = 0;
    std::string currency;
    static Sold upcast(const before::Sold& old) { return {old.cents, "EUR"}; }
};
struct Sales {
    using Events = varve::Events<Sold>;
    std::map<std::string, std::int64_t> cents;
    void evolve(const Sold& e) { cents[e.currency] += e.cents / 2; }
};

TEST(Properties, old_events_become_the_same_each_time) {
    check_state<Sales>();
    const std::string half = said([] { check_state<evolved::Account>(); });
    EXPECT_TRUE(has(half, "Account: event HalfBooked is nothing that is read today, whatever it holds: ")) << half;
    const std::string text = said([] { check_state<Payments>(); });
    EXPECT_TRUE(has(text, "Payments: event Paid is not read as it was written, with seed ")) << text;
    EXPECT_TRUE(has(text, ", and its struct Paid.v2 {\"cents\":")) << text;
    const std::string never = said([] { check_state<Refunds>(); });
    EXPECT_TRUE(has(never, "Refunds: event Paid is nothing that is read today, whatever it holds: ")) << never;
}

TEST(Properties, the_same_seed_makes_the_same_values) {
    const auto text = [](std::uint64_t seed) {
        Random random(seed, Range::full);
        std::string all;
        for (int i = 0; i < 20; ++i) all += to_json(random.any<Deposited>()).value();
        return all;
    };
    EXPECT_EQ(text(7), text(7));
    EXPECT_NE(text(7), text(8));
}

}  // namespace
}  // namespace varve::testing
