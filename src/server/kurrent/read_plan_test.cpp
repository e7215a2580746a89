#include "server/kurrent/read_plan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace varve::kurrent {
namespace {

using Options = v1::ReadReq::Options;

Options whole(const std::string& stream) {
    Options options;
    if (stream.empty()) {
        options.mutable_all()->mutable_start();
    } else {
        options.mutable_stream()->mutable_stream_identifier()->set_stream_name(stream);
        options.mutable_stream()->mutable_start();
    }
    options.set_count(10);
    options.mutable_no_filter();
    options.mutable_uuid_option()->mutable_string();
    return options;
}

ReadPlan plan(const Options& options) {
    auto made = plan_of(options, Position{100});
    if (auto* refused = std::get_if<net::Status>(&made)) {
        ADD_FAILURE() << refused->message;
        return {};
    }
    return std::move(std::get<ReadPlan>(made));
}

std::string refusal(const Options& options) {
    auto made = plan_of(options, Position{100});
    const auto* refused = std::get_if<net::Status>(&made);
    if (refused == nullptr) return "";
    EXPECT_EQ(refused->code, 3U);
    return refused->message;
}

TEST(ReadPlan, wants_each_choice_to_be_made) {
    EXPECT_EQ(refusal(whole("s")), "");
    auto options = whole("s");
    options.clear_no_filter();
    EXPECT_NE(refusal(options), "");
    options = whole("s");
    options.clear_uuid_option();
    EXPECT_NE(refusal(options), "");
    options = whole("s");
    options.clear_count();
    EXPECT_NE(refusal(options), "");
    EXPECT_NE(refusal(Options()), "");
    options = whole("s");
    options.mutable_stream()->mutable_stream_identifier()->clear_stream_name();
    EXPECT_NE(refusal(options), "");
}

TEST(ReadPlan, refuses_combinations_that_mean_nothing) {
    auto filtered_stream = whole("s");
    filtered_stream.mutable_filter()->set_max(32);
    EXPECT_NE(refusal(filtered_stream).find("combination"), std::string::npos);
    auto backward_subscription = whole("s");
    backward_subscription.mutable_subscription();
    backward_subscription.set_read_direction(Options::Backwards);
    EXPECT_NE(refusal(backward_subscription).find("combination"), std::string::npos);
}

TEST(ReadPlan, a_read_includes_where_it_begins_and_a_subscription_does_not) {
    auto options = whole("s");
    options.mutable_stream()->set_revision(5);
    EXPECT_EQ(plan(options).selection.from_revision, Revision{5});
    options.mutable_subscription();
    EXPECT_EQ(plan(options).selection.from_revision, Revision{6});
    auto all = whole("");
    all.mutable_all()->mutable_position()->set_commit_position(5);
    EXPECT_EQ(plan(all).selection.from, Position{5});
    all.mutable_subscription();
    EXPECT_EQ(plan(all).selection.from, Position{6});
    all.mutable_all()->mutable_end();
    EXPECT_EQ(plan(all).selection.from, Position{100}) << "only what is new";
}

TEST(ReadPlan, backwards_through_all_is_strictly_before_the_position) {
    auto options = whole("");
    options.set_read_direction(Options::Backwards);
    EXPECT_TRUE(plan(options).nothing) << "from the start";
    options.mutable_all()->mutable_position()->set_commit_position(5);
    EXPECT_EQ(plan(options).selection.from, Position{4});
    options.mutable_all()->mutable_position()->set_commit_position(0);
    EXPECT_TRUE(plan(options).nothing);
    options.mutable_all()->mutable_end();
    EXPECT_FALSE(plan(options).nothing);
    options.set_read_direction(Options::Forwards);
    EXPECT_TRUE(plan(options).nothing) << "forwards from the end";
}

TEST(ReadPlan, categories_and_types_are_answered_from_the_index) {
    const ReadPlan category = plan(whole("$ce-account"));
    EXPECT_TRUE(category.from_index);
    EXPECT_EQ(category.selection.source, Source(Category{"account"}));
    auto options = whole("$et-Opened");
    options.mutable_subscription();
    options.mutable_stream()->set_revision(5);
    const ReadPlan type = plan(options);
    EXPECT_EQ(type.selection.source, Source(Query{{{.types = {"Opened"}}}}));
    EXPECT_EQ(type.selection.from, Position{6}) << "their revisions are positions";
}

TEST(ReadPlan, a_filter_needs_a_window_and_checkpoints_an_interval) {
    auto options = whole("");
    options.mutable_subscription();
    options.mutable_filter()->mutable_event_type()->add_prefix("A");
    EXPECT_NE(refusal(options).find("window"), std::string::npos);
    options.mutable_filter()->set_max(10);
    EXPECT_NE(refusal(options).find("multiplier"), std::string::npos);
    options.mutable_filter()->set_checkpoint_interval_multiplier(3);
    EXPECT_EQ(plan(options).checkpoint_every, 30U);
    options.mutable_filter()->mutable_count();
    EXPECT_EQ(plan(options).checkpoint_every, 96U);
    options.mutable_filter()->mutable_event_type()->clear_prefix();
    options.mutable_filter()->mutable_event_type()->set_regex("(");
    EXPECT_NE(refusal(options).find("not valid"), std::string::npos);
}

}  // namespace
}  // namespace varve::kurrent
