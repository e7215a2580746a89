/// A store that compresses its segments in the background reads as one that does not.
#include "engine/compressing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "varve/operations.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

class CompressingTest : public ::testing::Test {
protected:
    CompressingTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-compressing-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~CompressingTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] Store open(bool compress) const {
        return varve::open((folder_ / "store").string(),
                           {.durability = Durability::buffered, .segment_bytes = 1 << 20, .compress = compress})
            .value();
    }
    static void append(Store& store, int commits) {
        for (int i = 0; i < commits; ++i) {
            Commit commit;
            for (int e = 0; e < 100; ++e) {
                const std::string n = std::to_string(100 * i + e);
                commit.append("account-" + std::to_string(e), Expected::any(),
                              {{.type = "Deposited", .data = R"({"account":")" + n + R"(","cents":)" + n + "}"}});
            }
            ASSERT_TRUE(store.append(std::move(commit)).ok());
        }
    }
    static std::uint64_t bytes_of(const Store& store) { return store.info().value().log_bytes; }
    std::filesystem::path folder_;
};

TEST_F(CompressingTest, SealedSegmentsShrinkWhileAppendsAndReadsGoOn) {
    Store store = open(true);
    append(store, 400);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const std::uint64_t appended = store.head().value * 100;
    while (bytes_of(store) > appended && std::chrono::steady_clock::now() < deadline) {
        std::uint64_t seen = 0;
        auto cursor = store.read({.source = Stream{"account-7"}}).value();
        ASSERT_TRUE(cursor.each([&](const Event& event) { seen += event.revision.value == seen ? 1 : 0; }).ok());
        ASSERT_EQ(seen, 400U);
    }
    EXPECT_LE(bytes_of(store), appended) << "an event of some 150 bytes takes less than 100";
    append(store, 10);
    ASSERT_TRUE(store.close().ok());
    store = open(false);
    std::uint64_t seen = 0;
    auto cursor = store.read({}).value();
    ASSERT_TRUE(cursor.each([&](const Event& event) { seen += event.position.value == seen ? 1 : 0; }).ok());
    EXPECT_EQ(seen, 41'000U);
    ASSERT_TRUE(store.close().ok());
    EXPECT_FALSE(verify((folder_ / "store").string()).value().damaged());
}

TEST_F(CompressingTest, ClosingDoesNotWaitForIt) {
    {
        Store store = open(false);
        append(store, 400);
    }
    for (int i = 0; i < 3; ++i) {
        Store store = open(true);
        append(store, 1);
        ASSERT_TRUE(store.close().ok());
    }
    EXPECT_FALSE(verify((folder_ / "store").string()).value().damaged());
}

}  // namespace
}  // namespace varve::engine
