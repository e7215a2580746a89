#include "house/floors.hpp"

#include <gtest/gtest.h>

namespace house {
namespace {

TEST(Floors, ARoomMayLookDownAndSideways) {
    EXPECT_EQ(to_string(check_floors({"src/log/a.cpp",
                                      "#include \"log/a.hpp\"\n#include \"index/b.hpp\"\n"
                                      "#include \"base/hash.hpp\"\n#include \"varve/event.hpp\"\n"})),
              "");
}

TEST(Floors, ARoomMayNotLookUp) {
    const Findings findings = check_floors({"src/log/a.cpp", "#include <vector>\n#include \"store/open.hpp\"\n"});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].line, 2U);
    EXPECT_NE(findings[0].what.find("floor 3"), std::string::npos);
}

TEST(Floors, NeitherThroughAPublicHeader) {
    EXPECT_EQ(check_floors({"src/io/a.hpp", "#include \"varve/store.hpp\"\n"}).size(), 1U);
    EXPECT_EQ(check_floors({"src/store/a.hpp", "#include \"varve/app.hpp\"\n"}).size(), 1U);
}

TEST(Floors, EdgesDoNotKnowEachOther) {
    EXPECT_EQ(check_floors({"src/server/a.cpp", "#include \"remote/client.hpp\"\n"}).size(), 1U);
    EXPECT_EQ(check_floors({"src/server/a.cpp", "#include \"server/b.hpp\"\n"}).size(), 0U);
}

TEST(Floors, AnUnknownRoomIsNamed) {
    EXPECT_EQ(check_floors({"src/attic/a.cpp", ""}).size(), 1U);
}

TEST(Floors, ThePromiseShowsTheStandardLibraryOnly) {
    EXPECT_EQ(check_floors({"include/varve/a.hpp", "#include <string>\n#include \"varve/store.hpp\"\n"}).size(), 0U);
    EXPECT_EQ(check_floors({"include/varve/a.hpp", "#include <fmt/format.h>\n"}).size(), 1U);
    EXPECT_EQ(check_floors({"include/varve/a.hpp", "#include \"base/hash.hpp\"\n"}).size(), 1U);
    EXPECT_EQ(check_floors({"include/varve/result.hpp", "#include \"varve/store.hpp\"\n"}).size(), 1U);
}

TEST(Floors, ExamplesStayBeforeTheDoor) {
    EXPECT_EQ(check_floors({"examples/bank/main.cpp", "#include \"log/log.hpp\"\n"}).size(), 1U);
    EXPECT_EQ(check_floors({"examples/bank/main.cpp", "#include \"bank/account.hpp\"\n"}).size(), 0U);
}

TEST(Floors, IncludesAreWrittenFromTheRoot) {
    const Tree tree{{}, {"src/log/log.hpp"}};
    EXPECT_EQ(check_includes_resolve({"src/log/a.cpp", "#include \"log/log.hpp\"\n"}, tree).size(), 0U);
    EXPECT_EQ(check_includes_resolve({"src/log/a.cpp", "#include \"log.hpp\"\n"}, tree).size(), 1U);
    EXPECT_EQ(check_includes_resolve({"src/log/a.cpp", "#include \"../log/log.hpp\"\n"}, tree).size(), 1U);
    EXPECT_EQ(check_includes_resolve({"src/log/a.cpp", "#include \"log/gone.hpp\"\n"}, tree).size(), 1U);
}

TEST(Floors, HeavyHeadersAreForCppFiles) {
    EXPECT_EQ(check_heavy_headers({"src/base/a.hpp", "#include <simdjson.h>\n"}).size(), 1U);
    EXPECT_EQ(check_heavy_headers({"src/base/a.cpp", "#include <simdjson.h>\n"}).size(), 0U);
}

}  // namespace
}  // namespace house
