#include "model/metadata.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

constexpr const char* trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Metadata, holds_what_the_options_say) {
    EXPECT_EQ(event_metadata({}).value(), "");
    EXPECT_EQ(event_metadata(
                  {.correlation_id = "c", .causation_id = "m", .trace_parent = trace, .metadata = {{"user", "ann"}}},
                  "Open:1")
                  .value(),
              std::string(R"({"$causationId":"m","$command":"Open:1","$correlationId":"c","$traceparent":")") + trace +
                  R"(","user":"ann"})");
}

TEST(Metadata, is_read_back_by_member) {
    const std::string metadata = event_metadata({.correlation_id = "c"}).value();
    EXPECT_EQ(metadata_member(metadata, correlation_member), "c");
    EXPECT_EQ(metadata_member(metadata, causation_member), std::nullopt);
    EXPECT_EQ(metadata_member("", causation_member), std::nullopt);
    EXPECT_EQ(metadata_member("$causationId is no JSON", causation_member), std::nullopt);
    EXPECT_EQ(metadata_member(R"({"$causationId":7})", causation_member), std::nullopt);
}

TEST(Metadata, a_trace_parent_that_is_none_writes_nothing) {
    App app = bank::in_memory();
    const std::string good = trace;
    for (const std::string& bad : std::vector<std::string>{
             good.substr(1),
             good + "0",
             "ff" + good.substr(2),
             "01" + good.substr(2),
             "00-00000000000000000000000000000000-b7ad6b7169203331-01",
             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
             "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
             "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
             "00-0af7651916cd43dd8448eb211c80319cb7-ad6b7169203331-01",
         }) {
        const auto sent = app.send(bank::Open{"a1", "Ann"}, {.trace_parent = bad});
        ASSERT_FALSE(sent.ok()) << bad;
        EXPECT_EQ(sent.error().code, Code::invalid_argument) << bad;
        EXPECT_NE(sent.error().message.find(bad), std::string::npos) << sent;
    }
    EXPECT_EQ(app.store().head(), Position{0});
    EXPECT_TRUE(app.send(bank::Open{"a1", "Ann"}, {.trace_parent = good}).ok());
    EXPECT_EQ(metadata_member(app.store().read({}).value().next()->metadata, trace_member), good);
}

}  // namespace
}  // namespace varve
