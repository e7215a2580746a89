#include "model/fingerprint.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>

namespace varve {
namespace {

struct Paid {
    std::int64_t cents = 0;
};

/// Every one is called Account, and is folded from an event called Paid.
namespace first {
struct Account {
    using Events = varve::Events<Paid>;
    std::int64_t cents = 0;
    void evolve(const Paid& e) { cents += e.cents; }
};
}  // namespace first
namespace other_field {
struct Account {
    using Events = varve::Events<Paid>;
    std::int64_t sum = 0;
    void evolve(const Paid& e) { sum += e.cents; }
};
}  // namespace other_field
namespace other_event {
struct Paid {
    std::int32_t cents = 0;
};
struct Account {
    using Events = varve::Events<Paid>;
    std::int64_t cents = 0;
    void evolve(const Paid& e) { cents += e.cents; }
};
}  // namespace other_event
namespace one_more_event {
struct Closed {};
struct Account {
    using Events = varve::Events<Paid, Closed>;
    std::int64_t cents = 0;
    void evolve(const Paid& e) { cents += e.cents; }
    void evolve(const Closed&) {}
};
}  // namespace one_more_event
template <int version>
struct Account {
    using Events = varve::Events<Paid>;
    static constexpr int snapshot_version = version;
    std::int64_t cents = 0;
    void evolve(const Paid& e) { cents += e.cents; }
};
struct WithoutForm {
    using Events = varve::Events<Paid>;
    std::function<void()> f;
    void evolve(const Paid&) {}
};

template <class S>
std::string fingerprint() {
    return fingerprint_of(detail::state_type<S>(), LoadedCode()).value();
}

TEST(Fingerprint, is_another_one_with_each_shape) {
    const std::string base = fingerprint<first::Account>();
    EXPECT_EQ(base, fingerprint<first::Account>());
    EXPECT_NE(base, fingerprint<other_field::Account>());
    EXPECT_NE(base, fingerprint<other_event::Account>());
    EXPECT_NE(base, fingerprint<one_more_event::Account>());
}

TEST(Fingerprint, is_another_one_with_each_version) {
    EXPECT_NE(fingerprint<Account<1>>(), fingerprint<Account<2>>());
    EXPECT_EQ(detail::state_type<Account<2>>().form->version, 2);
}

TEST(Fingerprint, says_why_a_state_is_not_kept) {
    const auto none = fingerprint_of(detail::state_type<WithoutForm>(), LoadedCode());
    EXPECT_EQ(none.error().message, "it has no JSON form (varve/json.hpp), or cannot be copied");
}

TEST(LoadedCode, is_told_by_build_ids_of_all_that_is_loaded) {
    const LoadedCode code;
    const auto ours = code.identity(reinterpret_cast<const void*>(&fingerprint<first::Account>));
    ASSERT_TRUE(ours.ok()) << ours.error().message;
    EXPECT_EQ(ours.value(), code.identity(reinterpret_cast<const void*>(&std::abort)).value())
        << "whichever it lies in";
    EXPECT_GT(ours->size(), 80U) << "more than one of them: " << *ours;
    const int on_the_stack = 0;
    EXPECT_EQ(code.identity(&on_the_stack).error().code, Code::unavailable) << "as a library that came later";
}

}  // namespace
}  // namespace varve
