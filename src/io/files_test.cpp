#include "io/files.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "io/faulty_files.hpp"
#include "io/memory_files.hpp"

namespace varve::io {
namespace {

/// One contract, three implementations.
enum class Kind { real, memory, faulty };

class FilesTest : public testing::TestWithParam<Kind> {
protected:
    void SetUp() override {
        switch (GetParam()) {
            case Kind::real: {
                std::string name = (std::filesystem::temp_directory_path() / "varve-io-XXXXXX").string();
                ASSERT_NE(::mkdtemp(name.data()), nullptr);
                folder_ = name;
                files_ = real_files();
                break;
            }
            case Kind::memory: files_ = memory_files(); break;
            case Kind::faulty: files_ = std::make_shared<FaultyFiles>(1); break;
        }
        if (folder_.empty()) {
            folder_ = "folder";
            ASSERT_TRUE(files_->create_directories(folder_).ok());
        }
    }
    void TearDown() override {
        std::error_code ignored;
        if (GetParam() == Kind::real) std::filesystem::remove_all(folder_, ignored);
    }
    std::unique_ptr<File> create(const std::string& name) {
        auto file = files_->open(folder_ / name, OpenMode::create_new);
        EXPECT_TRUE(file.ok()) << file.error();
        return std::move(*file);
    }
    static std::string contents(File& file) {
        std::string bytes(1000, '?');
        bytes.resize(file.read(0, bytes).value());
        return bytes;
    }

    std::shared_ptr<Files> files_;
    Path folder_;
};

TEST_P(FilesTest, hints_change_nothing) {
    const auto file = create("a");
    ASSERT_TRUE(file->write(0, std::string(20'000, 'x')).ok());
    const char* const view = file->map(20'000).value();
    for (const std::uint64_t offset : {0U, 1U, 4095U, 4096U, 19'999U}) {
        static_cast<void>(file->was_far(offset));
        file->will_want(offset, 20'000 - offset);
        file->will_scatter(offset, 20'000 - offset);
        EXPECT_EQ(view[offset], 'x');
    }
    file->keep_view_only();
    file->will_want(4096, 1);
    static_cast<void>(file->was_far(4096));
}

TEST_P(FilesTest, writes_parts_one_after_the_other) {
    const auto file = create("a");
    const std::array<std::string_view, 3> parts = {"one", "", "two"};
    ASSERT_TRUE(file->write(2, parts).ok());
    EXPECT_EQ(contents(*file), std::string("\0\0onetwo", 8));
    EXPECT_EQ(file->size().value(), 8U);
    EXPECT_TRUE(file->sync_data().ok());
    EXPECT_TRUE(file->sync_all().ok());
}

TEST_P(FilesTest, writes_many_parts) {
    const auto file = create("a");
    const std::vector<std::string_view> parts(50, "part");
    ASSERT_TRUE(file->write(0, parts).ok());
    EXPECT_EQ(file->size().value(), 200U);
}

TEST_P(FilesTest, reads_less_only_at_the_end) {
    const auto file = create("a");
    ASSERT_TRUE(file->write(0, "0123456789").ok());
    std::array<char, 4> into{};
    EXPECT_EQ(file->read(8, into).value(), 2U);
    EXPECT_EQ(file->read(10, into).value(), 0U);
    EXPECT_EQ(file->read(100, into).value(), 0U);
}

TEST_P(FilesTest, truncates_and_reads_zeros_after_growing_again) {
    const auto file = create("a");
    ASSERT_TRUE(file->write(0, "0123456789").ok());
    ASSERT_TRUE(file->truncate(4).ok());
    ASSERT_TRUE(file->truncate(6).ok());
    EXPECT_EQ(contents(*file), std::string("0123\0\0", 6));
}

TEST_P(FilesTest, a_view_shows_what_is_written_later) {
    const auto file = create("a");
    ASSERT_TRUE(file->write(0, "first").ok());
    const char* view = file->map(1 << 20).value();
    EXPECT_EQ(std::string_view(view, 5), "first");
    const auto other = files_->open(folder_ / "a", OpenMode::read_write);
    ASSERT_TRUE((*other)->write(5, std::string(100'000, 'x')).ok());
    EXPECT_EQ(view[100'004], 'x');
    file->keep_view_only();
    EXPECT_EQ(std::string_view(view, 5), "first");
}

TEST_P(FilesTest, a_file_is_locked_by_one_opening_until_it_is_gone) {
    auto first = create("a");
    const auto second = files_->open(folder_ / "a", OpenMode::read_write).value();
    ASSERT_TRUE(first->lock().ok());
    EXPECT_TRUE(first->lock().ok()) << "again by the same one";
    EXPECT_EQ(second->lock().error().code, Code::failed_precondition);
    ASSERT_TRUE(files_->rename(folder_ / "a", folder_ / "b").ok());
    EXPECT_EQ(second->lock().error().code, Code::failed_precondition) << "the lock goes with the file";
    first.reset();
    EXPECT_TRUE(second->lock().ok());
}

TEST_P(FilesTest, tells_apart_what_can_be_wrong_with_a_name) {
    create("a");
    EXPECT_EQ(files_->open(folder_ / "a", OpenMode::create_new).error().code, Code::already_exists);
    EXPECT_EQ(files_->open(folder_ / "b", OpenMode::read).error().code, Code::not_found);
    EXPECT_EQ(files_->open(folder_ / "b", OpenMode::read_write).error().code, Code::not_found);
    EXPECT_EQ(files_->open(folder_ / "none" / "b", OpenMode::create_new).error().code, Code::not_found);
    EXPECT_EQ(files_->remove(folder_ / "b").error().code, Code::not_found);
    EXPECT_EQ(files_->rename(folder_ / "b", folder_ / "c").error().code, Code::not_found);
    EXPECT_NE(files_->open(folder_ / "b", OpenMode::read).error().message.find("/b'"), std::string::npos);
}

TEST_P(FilesTest, refuses_to_write_what_was_opened_for_reading) {
    create("a");
    const auto file = files_->open(folder_ / "a", OpenMode::read);
    EXPECT_FALSE((*file)->write(0, "x").ok());
    EXPECT_FALSE((*file)->truncate(0).ok());
    EXPECT_TRUE((*file)->sync_data().ok());
}

TEST_P(FilesTest, lists_renames_and_removes) {
    create("b");
    create("a");
    ASSERT_TRUE(files_->create_directories(folder_ / "d" / "e").ok());
    ASSERT_TRUE(files_->create_directories(folder_ / "d").ok());
    EXPECT_EQ(files_->list(folder_).value(), (std::vector<std::string>{"a", "b", "d"}));
    ASSERT_TRUE(files_->rename(folder_ / "a", folder_ / "b").ok());
    ASSERT_TRUE(files_->sync_directory(folder_).ok());
    EXPECT_EQ(files_->list(folder_).value(), (std::vector<std::string>{"b", "d"}));
    EXPECT_TRUE(files_->exists(folder_ / "b").value());
    ASSERT_TRUE(files_->remove(folder_ / "b").ok());
    EXPECT_FALSE(files_->exists(folder_ / "b").value());
    EXPECT_EQ(files_->list(folder_ / "none").error().code, Code::not_found);
    EXPECT_GT(files_->free_bytes(folder_).value(), 0U);
}

TEST_P(FilesTest, a_lock_excludes_and_is_freed) {
    auto lock = files_->lock(folder_ / "LOCK", "pid 42");
    ASSERT_TRUE(lock.ok());
    EXPECT_EQ(files_->lock(folder_ / "LOCK", "pid 43").error().code, Code::failed_precondition);
    lock->reset();
    EXPECT_TRUE(files_->lock(folder_ / "LOCK", "pid 43").ok());
}

TEST_P(FilesTest, a_second_name_shows_the_same_bytes) {
    const auto file = create("a");
    ASSERT_TRUE(file->write(0, "one").ok());
    ASSERT_TRUE(files_->create_directories(folder_ / "d").ok());
    ASSERT_TRUE(files_->link(folder_ / "a", folder_ / "d" / "b").ok());
    ASSERT_TRUE(files_->sync_directory(folder_ / "d").ok());
    EXPECT_EQ(files_->link(folder_ / "a", folder_ / "d" / "b").error().code, Code::already_exists);
    EXPECT_EQ(files_->link(folder_ / "none", folder_ / "d" / "c").error().code, Code::not_found);
    EXPECT_EQ(files_->link(folder_ / "a", folder_ / "none" / "c").error().code, Code::not_found);
    ASSERT_TRUE(file->write(3, "two").ok());
    ASSERT_TRUE(files_->remove(folder_ / "a").ok());
    EXPECT_FALSE(files_->exists(folder_ / "a").value());
    EXPECT_EQ(contents(*files_->open(folder_ / "d" / "b", OpenMode::read).value()), "onetwo");
}

INSTANTIATE_TEST_SUITE_P(All, FilesTest, testing::Values(Kind::real, Kind::memory, Kind::faulty), [](const auto& kind) {
    return kind.param == Kind::real ? "real" : kind.param == Kind::memory ? "memory" : "faulty";
});

TEST(RealFiles, a_lock_names_its_owner) {
    std::string name = (std::filesystem::temp_directory_path() / "varve-io-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    const auto files = real_files();
    {
        const auto lock = files->lock(Path(name) / "LOCK", "pid 42");
        ASSERT_TRUE(lock.ok());
        const auto second = files->lock(Path(name) / "LOCK", "pid 43");
        EXPECT_NE(second.error().message.find("pid 42; one process"), std::string::npos) << second.error();
        const auto again = files->lock(Path(name) / "LOCK", "pid 42");
        EXPECT_NE(again.error().message.find("this program itself"), std::string::npos) << again.error();
    }
    std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace varve::io
