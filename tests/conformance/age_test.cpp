// Retention by age: on a clock in the test's hand, so not every engine can be asked.
#include "conformance/suite.hpp"
#include "engine/folder_engine.hpp"
#include "io/environment.hpp"
#include "io/simulated.hpp"
#include "memory/memory_engine.hpp"

namespace varve::conformance {
namespace {

class Age : public Conformance {
protected:
    void SetUp() override {
        Conformance::SetUp();
        ASSERT_TRUE(opened_->close());
        io::Environment environment = io::real_environment();
        environment.clock = clock_;
        if (GetParam().name == "memory") {
            opened_.emplace(memory::memory_engine(clock_));
        } else if (GetParam().name == "folder") {
            opened_.emplace(engine::open_folder_engine((folder_ / "aged").string(), {}, environment).value());
        } else {
            opened_.reset();
            GTEST_SKIP() << "its clock is not in our hand";
        }
    }
    std::vector<std::uint64_t> shown() { return places(store(), {.source = Stream{"a-1"}}); }

    const std::shared_ptr<io::ManualClock> clock_ = std::make_shared<io::ManualClock>();
};

INSTANTIATE_TEST_SUITE_P(engines, Age, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Age, what_is_too_old_at_the_time_of_a_read_is_not_shown) {
    using Places = std::vector<std::uint64_t>;
    for (int n = 0; n < 3; ++n) {
        append("a-1");
        clock_->advance(std::chrono::seconds(10));
    }
    ASSERT_TRUE(store().keep("a-1", {.max_age = std::chrono::seconds(20)}));
    EXPECT_EQ(shown(), (Places{1, 2})) << "exactly twenty seconds is not too old";
    EXPECT_EQ(store().retention("a-1").value().first, Revision{1});
    clock_->advance(std::chrono::microseconds(1));
    EXPECT_EQ(shown(), Places{2});
    clock_->advance(std::chrono::seconds(60));
    EXPECT_EQ(shown(), Places{});
    const auto standing = store().retention("a-1").value();
    EXPECT_EQ(standing.state, StreamState::live) << "age alone makes no stream absent";
    EXPECT_EQ(standing.first, std::nullopt);
    EXPECT_EQ(store().stream("a-1").value()->last, Revision{2});
    expect_error(store().append(Commit{}.append("a-1", Expected::none(), {fact("Happened")})), Code::aborted);
    append("a-1", "{}", Expected::exact(Revision{2}));
    EXPECT_EQ(shown(), Places{4});
    ASSERT_TRUE(store().keep("a-1", {.max_age = std::chrono::seconds::max()}));
    EXPECT_EQ(shown(), (Places{0, 1, 2, 4}));
}

TEST_P(Age, an_event_that_any_rule_removes_is_removed) {
    for (int n = 0; n < 6; ++n) {
        append("a-1");
        clock_->advance(std::chrono::seconds(10));
    }
    const auto first = [&](const Retention& keeps) {
        EXPECT_TRUE(store().keep("a-1", keeps));
        return store().retention("a-1").value().first;
    };
    const std::chrono::seconds age(30);  // keeps 3, 4, 5
    EXPECT_EQ(first({.max_count = 5, .max_age = age}), Revision{3});
    EXPECT_EQ(first({.max_count = 2, .max_age = age}), Revision{4});
    EXPECT_EQ(first({.max_count = 2, .max_age = age, .truncate_before = Revision{5}}), Revision{5});
    EXPECT_EQ(first({.max_age = age, .truncate_before = Revision{1}}), Revision{3});
}

}  // namespace
}  // namespace varve::conformance
