#include "packages/log_file.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace packages {
namespace {

class LogFiles : public ::testing::Test {
protected:
    LogFiles() {
        std::string pattern = (std::filesystem::temp_directory_path() / "varve-packages-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
    }
    ~LogFiles() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::app) << text;
    }
    void zip(const std::string& name, const std::string& text) const {
        gzFile file = gzopen((folder_ / name).c_str(), "wb");
        gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
        gzclose(file);
    }

    std::filesystem::path folder_;
};

TEST_F(LogFiles, GivesLinesAsTheyBecomeComplete) {
    write("dpkg.log", "one\ntwo\nthr");
    auto file = LogFile::open(folder_ / "dpkg.log").value();
    EXPECT_EQ(file.next().value(), "one");
    EXPECT_EQ(file.next().value(), "two");
    EXPECT_EQ(file.next().value(), std::nullopt);
    write("dpkg.log", "ee\n");
    EXPECT_EQ(file.next().value(), "three");
    EXPECT_EQ(file.line(), 3U);
    write("dpkg.log", "end");
    EXPECT_EQ(file.next().value(), std::nullopt);
    EXPECT_EQ(file.rest(), "end");
    EXPECT_EQ(file.rest(), std::nullopt);
    EXPECT_EQ(file.line(), 4U);
}

TEST_F(LogFiles, ReadsGzipLikeText) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "2025-06-24 14:36:25 line " + std::to_string(i) + "\n";
    zip("dpkg.log.2.gz", text);
    auto file = LogFile::open(folder_ / "dpkg.log.2.gz").value();
    while (file.next().value()) {
    }
    EXPECT_EQ(file.line(), 20000U);
}

TEST_F(LogFiles, SaysWhatCannotBeRead) {
    EXPECT_EQ(LogFile::open(folder_ / "none").error().code, varve::Code::not_found);
    zip("dpkg.log.1.gz", std::string(100000, 'x') + "\n");
    std::filesystem::resize_file(folder_ / "dpkg.log.1.gz", 60);
    const auto logs = find_logs(folder_ / "dpkg.log");
    ASSERT_FALSE(logs.ok());
    EXPECT_NE(logs.error().message.find("dpkg.log.1.gz cannot be read after line 0"), std::string::npos)
        << logs.error();
}

TEST_F(LogFiles, FindsRotatedCopiesOldestFirst) {
    write("dpkg.log", "2025-03-01 00:00:00 startup archives unpack\nx\n");
    write("dpkg.log.1", "2025-02-01 00:00:00 startup archives unpack\n");
    zip("dpkg.log.2.gz", "2025-01-01 00:00:00 startup archives unpack\n");
    zip("dpkg.log-20241201.gz", "2024-12-01 00:00:00 startup archives unpack\n");
    write("dpkg.log.3", "");
    write("dpkg.log.bak", "2020-01-01 00:00:00 startup archives unpack\n");
    write("dpkg.log.1.gz.part", "no gzip\n");
    const auto logs = find_logs(folder_ / "dpkg.log").value();
    ASSERT_EQ(logs.size(), 4U);
    EXPECT_EQ(logs[0].path.filename(), "dpkg.log-20241201.gz");
    EXPECT_EQ(logs[3].path.filename(), "dpkg.log");
    EXPECT_EQ(logs[3].lines, 2U);
    EXPECT_EQ(logs[3].id.substr(0, 16), "20250301-000000-");
}

TEST_F(LogFiles, CountsTwoCopiesOfOneLogOnce) {
    write("dpkg.log.1", "2025-02-01 00:00:00 startup archives unpack\n");
    zip("dpkg.log.1.gz", "2025-02-01 00:00:00 startup archives unpack\n");
    EXPECT_EQ(find_logs(folder_ / "dpkg.log").value().size(), 1U);
}

TEST_F(LogFiles, NoticesARotation) {
    write("dpkg.log", "one\n");
    const auto file = LogFile::open(folder_ / "dpkg.log").value();
    EXPECT_FALSE(file.moved());
    std::filesystem::rename(folder_ / "dpkg.log", folder_ / "dpkg.log.1");
    EXPECT_TRUE(file.moved());
    write("dpkg.log", "two\n");
    EXPECT_TRUE(file.moved());
}

TEST_F(LogFiles, AMissingLogIsNoHistory) {
    EXPECT_TRUE(find_logs(folder_ / "dpkg.log").value().empty());
    EXPECT_TRUE(find_logs(folder_ / "nowhere" / "dpkg.log").value().empty());
}

}  // namespace
}  // namespace packages
