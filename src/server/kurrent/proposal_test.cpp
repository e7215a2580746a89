#include "server/kurrent/proposal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "varve/limits.hpp"

namespace varve::kurrent {
namespace {

v1::AppendReq::ProposedMessage proposed() {
    v1::AppendReq::ProposedMessage message;
    message.mutable_id()->set_string("01020304-0506-0708-890a-0b0c0d0e0f10");
    (*message.mutable_metadata())["type"] = "Opened";
    (*message.mutable_metadata())["content-type"] = "application/json";
    message.set_data("{}");
    return message;
}

net::Status refusal(const v1::AppendReq::ProposedMessage& message) {
    auto event = event_of(message);
    const auto* refused = std::get_if<net::Status>(&event);
    EXPECT_NE(refused, nullptr);
    return refused != nullptr ? *refused : net::Status{};
}

TEST(Proposal, becomes_an_event_with_the_tags_in_its_metadata) {
    auto message = proposed();
    message.set_custom_metadata(R"({"by":"me","$tags":["account:1","vip","vip",7]})");
    const auto event = std::get<NewEvent>(event_of(message));
    EXPECT_EQ(event.type, "Opened");
    EXPECT_EQ(event.content_type, json_content);
    EXPECT_EQ(event.id.to_string(), "01020304-0506-0708-890a-0b0c0d0e0f10");
    EXPECT_EQ(event.metadata, message.custom_metadata());
    EXPECT_EQ(event.tags, (std::vector<std::string>{"account:1", "vip"}));
}

TEST(Proposal, metadata_without_tags_has_none) {
    for (const char* metadata : {"", "{}", "no json $tags", R"({"$tags":"account:1"})", R"(["$tags"])"})
        EXPECT_TRUE(tags_in(metadata).empty()) << metadata;
}

TEST(Proposal, names_what_it_lacks) {
    for (const char* required : {"type", "content-type"}) {
        auto message = proposed();
        message.mutable_metadata()->erase(required);
        const net::Status refused = refusal(message);
        EXPECT_EQ(refused.code, 3U);
        EXPECT_EQ(refused.trailers.find("exception"), "missing-required-metadata-property");
        EXPECT_NE(refused.message.find(required), std::string::npos);
    }
}

TEST(Proposal, without_an_id_or_a_type_is_refused) {
    auto nil = proposed();
    nil.mutable_id()->mutable_structured();
    EXPECT_EQ(refusal(nil).code, 3U);
    auto none = proposed();
    none.clear_id();
    EXPECT_EQ(refusal(none).code, 3U);
    auto nameless = proposed();
    (*nameless.mutable_metadata())["type"] = "";
    EXPECT_EQ(refusal(nameless).code, 3U);
}

TEST(Proposal, one_that_is_too_large_is_named_with_its_size) {
    auto message = proposed();
    message.set_data(std::string(limits::event_bytes + 1, 'x'));
    const net::Status refused = refusal(message);
    EXPECT_EQ(refused.code, 3U);
    EXPECT_EQ(refused.trailers.find("exception"), "maximum-append-event-size-exceeded");
    EXPECT_EQ(refused.trailers.find("event-id"), "01020304-0506-0708-890a-0b0c0d0e0f10");
}

TEST(Proposal, a_stream_has_a_name) {
    EXPECT_NE(fault_of_name(""), "");
    EXPECT_NE(fault_of_name("$$"), "");
    EXPECT_EQ(fault_of_name("$$s"), "");
    EXPECT_EQ(fault_of_name("s"), "");
}

}  // namespace
}  // namespace varve::kurrent
