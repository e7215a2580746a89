#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "packages/sections.hpp"
#include "packages/wiring.hpp"

namespace packages {
namespace {

std::atomic<bool> stopped = false;

class Follow : public ::testing::Test {
protected:
    Follow() : app_(open_in_memory().value()) {
        std::string pattern = (std::filesystem::temp_directory_path() / "varve-packages-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        stopped = false;
    }
    ~Follow() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string log() const { return (folder_ / "dpkg.log").string(); }
    void write(const std::string& text) const { std::ofstream(log(), std::ios::app) << text; }
    /// Waits until so many events are in the store.
    [[nodiscard]] bool events(std::uint64_t count) const {
        return app_.store().wait_for(varve::Position{count - 1},
                                     std::chrono::steady_clock::now() + std::chrono::seconds(30));
    }

    varve::App app_;
    std::filesystem::path folder_;
};

TEST_F(Follow, ShowsWhatIsWrittenAlsoAfterARotation) {
    ::testing::internal::CaptureStdout();
    examples::Page page;
    varve::Result<> followed;
    std::thread following([&] { followed = follow(page, app_, log(), [] { return stopped.load(); }); });
    write("2025-06-24 14:36:25 install hello:amd64 <none> 2.10\n2025-06-24 14:36:25 status installed hel");
    EXPECT_TRUE(events(2));  // the log was opened, the install began
    write("lo:amd64 2.10\n");
    EXPECT_TRUE(events(3));
    std::filesystem::rename(log(), log() + ".1");
    write("2025-06-25 08:00:00 upgrade hello:amd64 2.10 2.12\n2025-06-25 08:00:01 status installed hello:amd64 2.12\n");
    EXPECT_TRUE(events(6));
    stopped = true;
    following.join();
    EXPECT_TRUE(followed.ok()) << followed;
    EXPECT_EQ(::testing::internal::GetCapturedStdout(),
              "   14:36:25  install     hello:amd64 2.10\n"
              "   14:36:25  installed   hello:amd64 2.10\n"
              "   08:00:00  upgrade     hello:amd64 2.10 to 2.12\n"
              "   08:00:01  installed   hello:amd64 2.12\n");
}

TEST_F(Follow, CountsWhatItDoesNotUnderstandAndShowsTheFirst) {
    ::testing::internal::CaptureStdout();
    examples::Page page;
    varve::Result<> followed;
    write("Start-Date: 2025-06-24  14:36:25\n");
    std::thread following([&] { followed = follow(page, app_, log(), [] { return stopped.load(); }); });
    EXPECT_TRUE(events(2));  // the log was opened, its line kept
    write("Commandline: apt-get install hello\n2025-06-24 14:36:25 install hello:amd64 <none> 2.10\n");
    EXPECT_TRUE(events(4));
    stopped = true;
    following.join();
    EXPECT_TRUE(followed.ok()) << followed;
    const std::string printed = ::testing::internal::GetCapturedStdout();
    EXPECT_TRUE(
        printed.starts_with("   not understood, line 1: Start-Date: 2025-06-24  14:36:25\n"
                            "   14:36:25  install     hello:amd64 2.10\n"
                            "   2 lines were not understood; "))
        << printed;
}

}  // namespace
}  // namespace packages
