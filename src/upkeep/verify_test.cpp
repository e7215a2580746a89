#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "varve/backup.hpp"
#include "varve/operations.hpp"
#include "varve/store.hpp"

namespace varve {
namespace {

class VerifyTest : public ::testing::Test {
protected:
    VerifyTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-verify-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~VerifyTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    void append(const std::string& store, int events) const {
        Store opened = open(path(store)).value();
        for (int i = 0; i < events; ++i) {
            opened.append(Commit{}.append("s", Expected::any(), {{.stream = "", .type = "Happened"}})).value();
        }
        opened.close().value();
    }
    void give_index(const std::string& from, const std::string& to) const {
        std::filesystem::remove_all(path(to) + "/index");
        std::filesystem::copy(path(from) + "/index", path(to) + "/index", std::filesystem::copy_options::recursive);
    }

    std::filesystem::path folder_;
};

TEST_F(VerifyTest, AWholeStoreHasNothingToTell) {
    append("store", 10);
    const VerifyReport report = verify(path("store")).value();
    EXPECT_EQ(report.events, 10U);
    EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
}

TEST_F(VerifyTest, WorksBesideAWriter) {
    Store writer = open(path("store")).value();
    writer.append(Commit{}.append("s", Expected::any(), {{.stream = "", .type = "Happened"}})).value();
    EXPECT_FALSE(verify(path("store")).value().damaged());
}

TEST_F(VerifyTest, AnIndexThatIsMissingOrForeignIsOnlyANote) {
    append("store", 10);
    append("other", 10);
    std::filesystem::remove_all(path("store") + "/index");
    VerifyReport report = verify(path("store")).value();
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].kind, Finding::Kind::note);

    give_index("other", "store");
    report = verify(path("store")).value();
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].kind, Finding::Kind::note);
    EXPECT_NE(report.findings[0].what.find("another log"), std::string::npos);
}

TEST_F(VerifyTest, AnIndexThatKnowsMoreThanTheLogIsDamage) {
    append("store", 10);
    std::filesystem::copy(path("store"), path("older"), std::filesystem::copy_options::recursive);
    append("store", 10);
    give_index("store", "older");
    const VerifyReport report = verify(path("older")).value();
    EXPECT_TRUE(report.damaged());
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].file, "index");
}

TEST_F(VerifyTest, ChangesNothing) {
    append("store", 10);
    const auto files = [&] {
        std::map<std::string, std::filesystem::file_time_type> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path("store"))) {
            found[entry.path().string()] = entry.last_write_time();
        }
        return found;
    };
    const auto before = files();
    EXPECT_TRUE(verify(path("store")).value().findings.empty());
    EXPECT_EQ(files(), before);
}

TEST_F(VerifyTest, ABackupThatWasInterruptedIsCalledSo) {
    append("store", 10);
    ASSERT_TRUE(backup(path("store"), path("backup")).ok());
    std::filesystem::remove(path("backup") + "/BACKUP");
    const auto report = verify(path("backup"));
    EXPECT_EQ(report.error().code, Code::failed_precondition);
    EXPECT_NE(report.error().message.find("repeat it"), std::string::npos) << report.error();
}

TEST_F(VerifyTest, AFolderThatIsNoStoreCannotBeLookedAt) {
    EXPECT_EQ(verify(path("nothing")).error().code, Code::not_found);
    EXPECT_EQ(verify(path(std::string("a\0b", 3))).error().code, Code::invalid_argument);
    EXPECT_EQ(verify(folder_.string()).error().code, Code::failed_precondition);
}

}  // namespace
}  // namespace varve
