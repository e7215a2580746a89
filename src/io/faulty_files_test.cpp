#include "io/faulty_files.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace varve::io {
namespace {

/// What a file holds after a crash; nothing when it is gone.
std::optional<std::string> after_crash(FaultyFiles& files, const Path& path) {
    files.crash();
    auto file = files.open(path, OpenMode::read);
    if (!file) return {};
    std::string bytes(10'000, '?');
    bytes.resize((*file)->read(0, bytes).value());
    return bytes;
}

struct Disk {
    explicit Disk(std::uint64_t seed) : files(std::make_shared<FaultyFiles>(seed)) {
        EXPECT_TRUE(files->create_directories("d").ok());
    }
    std::unique_ptr<File> create() { return std::move(*files->open("d/f", OpenMode::create_new)); }
    std::shared_ptr<FaultyFiles> files;
};

constexpr std::uint64_t seeds = 300;

TEST(FaultyFiles, keeps_what_was_synced) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Disk disk(seed);
        const auto file = disk.create();
        ASSERT_TRUE(file->write(0, std::string(2000, 'a')).ok());
        ASSERT_TRUE(file->sync_data().ok());
        ASSERT_TRUE(disk.files->sync_directory("d").ok());
        ASSERT_TRUE(file->write(2000, std::string(2000, 'b')).ok());
        const auto bytes = after_crash(*disk.files, "d/f");
        ASSERT_TRUE(bytes) << "seed " << seed;
        EXPECT_EQ(bytes->substr(0, 2000), std::string(2000, 'a')) << "seed " << seed;
        EXPECT_FALSE(file->write(0, "x").ok()) << "a file opened before the crash is dead";
    }
}

TEST(FaultyFiles, may_lose_or_tear_what_was_not) {
    std::set<std::string> outcomes;
    bool lost_entry = false;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Disk disk(seed);
        const auto file = disk.create();
        ASSERT_TRUE(file->write(0, std::string(512, 'a') + std::string(512, 'b') + std::string(512, 'c')).ok());
        if (const auto bytes = after_crash(*disk.files, "d/f")) {
            outcomes.insert(*bytes);
        } else {
            lost_entry = true;
        }
    }
    EXPECT_TRUE(lost_entry);
    EXPECT_TRUE(outcomes.contains(std::string(512, 'a') + std::string(512, 'b') + std::string(512, 'c')));
    EXPECT_TRUE(outcomes.contains(std::string(512, '\0') + std::string(512, 'b') + std::string(512, 'c')));
    EXPECT_TRUE(outcomes.contains(""));
    EXPECT_GT(outcomes.size(), 6U);
}

TEST(FaultyFiles, never_tears_a_rename) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Disk disk(seed);
        ASSERT_TRUE(disk.create()->sync_all().ok());
        ASSERT_TRUE(disk.files->sync_directory("d").ok());
        ASSERT_TRUE(disk.files->rename("d/f", "d/g").ok());
        disk.files->crash();
        EXPECT_NE(disk.files->exists("d/f").value(), disk.files->exists("d/g").value());
    }
}

TEST(FaultyFiles, a_failed_sync_is_not_mended_by_the_next_one) {
    bool lost = false;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Disk disk(seed);
        const auto file = disk.create();
        ASSERT_TRUE(disk.files->sync_directory("d").ok());
        ASSERT_TRUE(file->write(0, std::string(512, 'a')).ok());
        disk.files->plan({.call = 1});
        EXPECT_FALSE(file->sync_data().ok());
        EXPECT_TRUE(file->sync_data().ok());
        lost = lost || after_crash(*disk.files, "d/f") != std::string(512, 'a');
    }
    EXPECT_TRUE(lost);
}

TEST(FaultyFiles, fails_the_planned_call_once_or_for_ever) {
    Disk disk(1);
    const auto file = disk.create();
    disk.files->plan({.call = 2});
    EXPECT_TRUE(file->write(0, "a").ok());
    EXPECT_FALSE(disk.files->happened());
    EXPECT_FALSE(file->write(0, "a").ok());
    EXPECT_TRUE(disk.files->happened());
    EXPECT_TRUE(file->write(0, "a").ok());
    disk.files->plan({.call = 1, .error = Code::resource_exhausted, .for_ever = true});
    EXPECT_EQ(file->truncate(0).error().code, Code::resource_exhausted);
    EXPECT_EQ(file->sync_data().error().code, Code::unavailable) << "of whatever cause";
    EXPECT_EQ(file->size().error().code, Code::resource_exhausted);
}

TEST(FaultyFiles, is_full_at_its_limit) {
    Disk disk(1);
    const auto file = disk.create();
    disk.files->limit_space(1000);
    EXPECT_TRUE(file->write(0, std::string(900, 'a')).ok());
    EXPECT_EQ(disk.files->free_bytes("d").value(), 100U);
    EXPECT_EQ(file->write(900, std::string(200, 'b')).error().code, Code::resource_exhausted);
    EXPECT_TRUE(file->write(0, std::string(900, 'c')).ok()) << "what is there can be overwritten";
    disk.files->limit_space(2000);
    EXPECT_TRUE(file->write(900, std::string(200, 'b')).ok());
}

TEST(FaultyFiles, repeats_itself_with_the_same_seed) {
    const auto run = [](std::uint64_t seed) {
        Disk disk(seed);
        const auto file = disk.create();
        EXPECT_TRUE(disk.files->sync_directory("d").ok());
        EXPECT_TRUE(file->write(0, std::string(5000, 'a')).ok());
        return after_crash(*disk.files, "d/f");
    };
    for (std::uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(run(seed), run(seed));
}

TEST(FaultyFiles, a_failed_sync_is_told_to_every_opening_that_was_there) {
    const auto files = std::make_shared<FaultyFiles>(1);
    const auto first = files->open("f", OpenMode::create_new).value();
    const auto second = files->open("f", OpenMode::read_write).value();
    ASSERT_TRUE(first->write(0, "text").ok());
    files->plan({.call = 1});
    EXPECT_FALSE(first->sync_data().ok());
    const auto third = files->open("f", OpenMode::read_write).value();
    EXPECT_TRUE(first->sync_data().ok());
    EXPECT_FALSE(second->sync_data().ok());
    EXPECT_TRUE(second->sync_data().ok());
    EXPECT_TRUE(third->sync_data().ok());
}

}  // namespace
}  // namespace varve::io
