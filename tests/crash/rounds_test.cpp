// A few kills of a real process under load; ./dev sim --crash makes as many as you like.
#include "crash/rounds.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace varve::crash {
namespace {

TEST(Crash, KillingAProcessUnderLoadLosesNothing) {
    std::string folder = (std::filesystem::temp_directory_path() / "varve-crash-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const auto report = run_rounds({.rounds = 12,
                                    .seed = 7,
                                    .folder = folder + "/store",
                                    .program = VARVE_CRASH_PROGRAM,
                                    .longest = std::chrono::milliseconds(400)});
    EXPECT_EQ(report.violation, "");
    EXPECT_EQ(report.rounds, 12U);
    EXPECT_GT(report.acknowledged, 0U);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

}  // namespace
}  // namespace varve::crash
