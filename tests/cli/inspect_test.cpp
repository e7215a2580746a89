#include "cli/command_test.hpp"

namespace command {
namespace {

class Inspect : public CommandTest {};

TEST_F(Inspect, ExplainShowsEveryByteOfAnEvent) {
    fill();
    const std::string text = succeed({"explain", store(), "1"});
    for (const char* part : {"event 1 in seg-00000000000000000000.log\n", "\nsegment\n", "\nframe\n", "\ncommit\n",
                             "\nrecord\n", "\ntrailer\n", "  account-a1\n", "Deposited\n", R"({"cents":500})",
                             R"({"by":"teller 7"})", "every check holds\n"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
    const auto json = parsed(succeed({"explain", store(), "1", "--json"}));
    EXPECT_EQ(number_of(json, "position"), 1U);
    std::uint64_t end = 0;
    for (const auto field : json.root().find("fields")->elements()) {
        if (field.find("part")->as_string() != "record") continue;
        const std::uint64_t offset = field.find("offset")->as_uint64().value();
        if (end != 0) {
            EXPECT_EQ(offset, end) << "no byte of the record is left out";
        }
        end = offset + field.find("bytes")->as_uint64().value();
    }
    EXPECT_GT(end, 0U);
}

TEST_F(Inspect, ExplainTellsWhichCheckFails) {
    fill();
    damage(R"({"cents":500})");
    const Outcome outcome = run({"explain", store(), "1"});
    EXPECT_EQ(outcome.exit, 1) << outcome;
    EXPECT_NE(outcome.out.find("WRONG XXH3-128"), std::string::npos) << outcome;
    EXPECT_NE(outcome.out.find("the payload does not fit its hash"), std::string::npos) << outcome;
    EXPECT_NE(outcome.out.find("record's checksum does not fit its bytes (event 1)"), std::string::npos) << outcome;
    EXPECT_NE(outcome.out.find("account-a1"), std::string::npos) << outcome;
    succeed({"explain", store(), "0"});
    succeed({"explain", store(), "2"});
    fail(1, {"explain", store(), "4"}, {"no event at position 4", "ends at position 4"});
    fail(2, {"explain", store(), "one"}, {"'one' is no position"});
    fail(1, {"explain", path("nowhere"), "0"}, {path("nowhere")});
}

TEST_F(Inspect, StatsCount) {
    fill();
    const std::string text = succeed({"stats", store(), "--segments"});
    for (const char* part : {"events      4 in 4 commits and 2 streams\n", "\ncategory", "\naccount", "\norder",
                             "\nDeposited", "\nbig", "seg-00000000000000000000.log"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
    const auto json = parsed(succeed({"stats", store(), "--json", "--names", "1"}));
    EXPECT_EQ(number_of(json, "events"), 4U);
    EXPECT_EQ(number_of(json, "commits"), 4U);
    EXPECT_EQ(number_of(json, "streams"), 2U);
    EXPECT_EQ(number_of(json, "sizeMax"), 30U);
    EXPECT_EQ(json.raw("categories"), R"([{"name":"account","events":3,"bytes":57}])");
    EXPECT_EQ(json.raw("otherCategories"), R"({"events":1,"bytes":15})");
    EXPECT_GT(number_of(json, "indexBytes"), 0U);
    EXPECT_EQ(number_of(json, "deadBytes"), 0U);
    std::uint64_t events = 0;
    for (const auto span : json.root().find("spans")->elements()) events += span.find("events")->as_uint64().value();
    EXPECT_EQ(events, 4U);
    fail(1, {"stats", path("nowhere")}, {path("nowhere")});
}

TEST_F(Inspect, DoctorLooksAtEverything) {
    fill();
    const Outcome text = run({"doctor", store()});
    EXPECT_NE(text.out.find("1 segment, closed in order"), std::string::npos) << text;
    EXPECT_NE(text.out.find("a write of 4 KiB is on the disk after "), std::string::npos) << text;
    EXPECT_FALSE(std::filesystem::exists(store() + "/doctor.tmp"));
    const auto json = parsed(run({"doctor", store(), "--json"}).out);
    std::vector<std::string> names;
    for (const auto check : json.root().find("checks")->elements()) {
        names.emplace_back(check.find("name")->as_string().value());
        const auto verdict = check.find("verdict")->as_string().value();
        EXPECT_EQ(verdict == "ok", check.find("advice")->as_string()->empty()) << names.back();
    }
    EXPECT_EQ(names, (std::vector<std::string>{"store", "writer", "access", "sync", "file system", "space", "limits",
                                               "memory", "clock"}));
    EXPECT_NE(run({"doctor", path("not yet")}).out.find("none yet in"), std::string::npos);
    fail(2, {"doctor", path("no/such/place")}, {"no/such"});
    write_file(path("a file"), "");
    fail(2, {"doctor", path("a file")}, {"is a file"});
    succeed({"backup", store(), path("backup")});
    EXPECT_NE(run({"doctor", path("backup")}).out.find("is a backup, not a store"), std::string::npos);
    fail(1, {"explain", path("backup"), "0"}, {"varve restore"});
}

TEST_F(Inspect, DoctorNamesTheWriter) {
    fill();
    Process writer(varve({"import", store(), "-", "--json", "--batch", "1"}));
    writer.write("{\"stream\":\"s\",\"type\":\"T\",\"data\":1}\n");
    const std::string held = "held by pid " + std::to_string(writer.id());
    std::string out;
    for (int i = 0; i < 200 && out.find(held) == std::string::npos; ++i) out = run({"doctor", store()}).out;
    EXPECT_NE(out.find(held), std::string::npos) << out;
    EXPECT_EQ(writer.wait(), 0);
}

}  // namespace
}  // namespace command
