// Settings as the catalog knows them: committed or not, taken back, followed, and with the index gone.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/catalog.hpp"
#include "store/rules.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

/// A log of plain events and settings, in the test's hand.
class Told final : public Past {
public:
    Position end() const override { return Position{data_.size()}; }
    Result<std::unique_ptr<log::BlockReader>> blocks(Position) override { return Error{Code::unimplemented, ""}; }
    Result<> events(std::span<const Position> positions, const std::function<void(const Event&)>& f) override {
        for (const Position position : positions) {
            Event event{};
            event.position = position;
            event.type = store::metadata_type;
            event.data = data_.at(position.value);
            f(event);
        }
        return {};
    }
    void add(std::string data) { data_.push_back(std::move(data)); }

private:
    std::vector<std::string> data_;
};

/// Three events of `s-1` at 0 to 2, its settings at 3; all durable, nothing indexed.
class RulingsTest : public ::testing::Test {
protected:
    RulingsTest() {
        for (const char* data : {"", "", "", R"({"$tb":1})"}) told_->add(data);
        catalog_.table().add("s-1", Revision{0}, Position{0}, 3);
        catalog_.table().add("$$s-1", Revision{0}, Position{3}, 1);
        catalog_.table().unlearn_ruling("s-1");
    }
    std::optional<Position> ruled_at(Position end) {
        const auto ruling = catalog_.ruling("s-1", catalog_.head("s-1").value(), end).value();
        return ruling != nullptr ? std::optional(ruling->at) : std::nullopt;
    }
    /// Admits settings at 4 that are not written yet.
    void admit_settings() {
        ASSERT_TRUE(catalog_.head("s-1").value().ruled);
        StreamTable::Visit table(catalog_.table());
        table.add(*table.find("$$s-1"), Revision{1}, Position{4}, 1);
        table.rule(*table.find("s-1"), std::make_shared<const Ruling>(Ruling{.at = Position{4}, .first = Revision{3}}));
    }

    std::shared_ptr<Told> told_ = std::make_shared<Told>();
    Catalog catalog_{index::memory_index(), Position{0}, 1 << 10, told_};
};

TEST_F(RulingsTest, SettingsAreLearnedFromTheLog) {
    const StreamHead head = catalog_.head("s-1").value();
    ASSERT_TRUE(head.ruled);
    ASSERT_NE(head.ruling, nullptr);
    EXPECT_EQ(head.ruling->at, Position{3});
    EXPECT_EQ(head.ruling->first, Revision{1});
    EXPECT_TRUE(catalog_.head("other-1").value().ruled);
    EXPECT_EQ(catalog_.head("other-1").value().ruling, nullptr);
}

TEST_F(RulingsTest, SettingsThatAreNotCommittedDoNotCountForReads) {
    ASSERT_TRUE(catalog_.head("$$s-1"));
    admit_settings();
    EXPECT_EQ(catalog_.head("s-1").value().ruling->at, Position{4}) << "an append sees them";
    EXPECT_EQ(ruled_at(Position{5}), Position{4});
    EXPECT_EQ(ruled_at(Position{4}), Position{3});
    EXPECT_EQ(ruled_at(Position{3}), std::nullopt);
}

TEST_F(RulingsTest, AFailedWriteTakesTheSettingsBack) {
    ASSERT_TRUE(catalog_.head("$$s-1"));
    admit_settings();
    catalog_.truncate(Position{4});
    EXPECT_EQ(catalog_.head("s-1").value().ruling->at, Position{3});
    EXPECT_EQ(ruled_at(Position{9}), Position{3});
}

TEST_F(RulingsTest, WhatIsNotWrittenYetIsNotLearned) {
    catalog_.table().add("$$s-1", Revision{1}, Position{4}, 1);
    EXPECT_FALSE(catalog_.head("s-1").value().ruled);
    EXPECT_EQ(ruled_at(Position{4}), Position{3});
    told_->add(R"({"$tb":2})");
    EXPECT_EQ(catalog_.head("s-1").value().ruling->first, Revision{2});
}

TEST(StreamTableRulings, AreNotLearnedOnceNewerOnesAreThere) {
    StreamTable table(1 << 10);
    table.learn("s-1", {.last = Revision{6}, .last_position = Position{40}});
    const std::uint64_t generation = table.generation();
    table.unlearn_ruling("s-1");
    table.learn("s-1", nullptr, generation);
    EXPECT_FALSE(table.head("s-1")->ruled) << "what was found is older";
    table.learn("s-1", nullptr, table.generation());
    EXPECT_TRUE(table.head("s-1")->ruled);
}

TEST(StreamTableRulings, KeepAStreamUntilTheyAreIndexed) {
    constexpr std::size_t few = 16;
    StreamTable table(few);
    const auto crowd = [&](const std::string& name) {
        for (std::size_t n = 0; n < 8 * few; ++n) table.learn(name + std::to_string(n), {});
    };
    table.learn("s-1", {});
    table.unlearn_ruling("s-1");
    table.learn("s-1", std::make_shared<const Ruling>(Ruling{.at = Position{5}}), table.generation());
    crowd("a-");
    EXPECT_TRUE(table.head("s-1").has_value()) << "nobody else can tell yet";
    table.indexed(Position{6});
    crowd("b-");
    crowd("c-");
    EXPECT_FALSE(table.head("s-1").has_value());
}

/// The same through a folder.
class FolderRulings : public ::testing::Test {
protected:
    FolderRulings() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-rulings-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~FolderRulings() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path() const { return (folder_ / "store").string(); }
    static void append(Store& store, const std::string& stream) {
        ASSERT_TRUE(store.append(Commit{}.append(stream, Expected::any(), {{.stream = {}, .type = "Happened"}})));
    }
    static std::size_t shown(const Store& store, const std::string& stream) {
        std::size_t events = 0;
        store.read({.source = Stream{stream}}).value().each([&](const Event&) { ++events; }).value();
        return events;
    }
    static bool follows(const Store& reader, const Store& writer) {
        const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        return reader.wait_for(writer.head() - 1, soon);
    }

    std::filesystem::path folder_;
};

TEST_F(FolderRulings, AReaderFollowsThem) {
    Store writer = varve::open(path()).value();
    for (int n = 0; n < 3; ++n) append(writer, "s-1");
    const Store reader = varve::open(path(), {.create = false, .read_only = true}).value();
    EXPECT_EQ(shown(reader, "s-1"), 3U);
    for (const std::uint64_t kept : {2U, 1U}) {
        ASSERT_TRUE(writer.keep("s-1", {.max_count = kept}));
        ASSERT_TRUE(follows(reader, writer));
        EXPECT_EQ(shown(reader, "s-1"), kept);
    }
    ASSERT_TRUE(writer.remove("s-1"));
    append(writer, "s-1");
    ASSERT_TRUE(follows(reader, writer));
    EXPECT_EQ(shown(reader, "s-1"), 1U);
    EXPECT_EQ(reader.retention("s-1").value().first, Revision{3});
    ASSERT_TRUE(writer.tombstone("s-1"));
    ASSERT_TRUE(follows(reader, writer));
    EXPECT_EQ(reader.retention("s-1").value().state, StreamState::tombstoned);
}

TEST_F(FolderRulings, AreThereWithoutTheIndexAndWithOneThatLags) {
    {
        Store store = varve::open(path()).value();
        for (int n = 0; n < 5; ++n) append(store, "s-1");
        ASSERT_TRUE(store.keep("s-1", {.max_count = 3}));
        append(store, "gone-1");
        ASSERT_TRUE(store.tombstone("gone-1"));
        ASSERT_TRUE(store.close());
    }
    std::filesystem::copy(path() + "/index", folder_ / "older", std::filesystem::copy_options::recursive);
    {
        Store store = varve::open(path()).value();
        ASSERT_TRUE(store.keep("s-1", {.max_count = 2}));
        ASSERT_TRUE(store.close());
    }
    const auto expect_settings = [&](const char* what) {
        for (const bool read_only : {true, false}) {
            Store store = varve::open(path(), {.create = false, .read_only = read_only}).value();
            EXPECT_EQ(shown(store, "s-1"), 2U) << what;
            EXPECT_EQ(store.retention("gone-1").value().state, StreamState::tombstoned) << what;
            ASSERT_TRUE(store.close());
        }
    };
    std::filesystem::remove_all(path() + "/index");
    std::filesystem::rename(folder_ / "older", path() + "/index");
    expect_settings("behind");
    std::filesystem::remove_all(path() + "/index");
    expect_settings("deleted");
}

}  // namespace
}  // namespace varve::engine
