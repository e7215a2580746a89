#include "model/snapshot_file.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "model/snapshots_fixture.hpp"

namespace varve {
namespace {

const SnapshotKey key{"Counter", "counter-a", "f1"};

Snapshot at(std::uint64_t revision) {
    return {Revision{revision}, Position{2 * revision}, EventId::random(), "{\"n\":" + std::to_string(revision) + "}"};
}

class SnapshotFileTest : public ::testing::Test {
protected:
    std::optional<std::uint64_t> found(std::uint64_t revision, std::uint64_t position, const SnapshotKey& of = key) {
        const auto snapshot = file.find(of, Revision{revision}, Position{position});
        return snapshot ? std::optional(snapshot->revision.value) : std::nullopt;
    }

    TempFolder folder;
    SnapshotFile file{snapshots(folder.file("app.snapshots")), "store-1"};
};

TEST_F(SnapshotFileTest, finds_the_newest_that_is_not_beyond) {
    for (const std::uint64_t revision : {10U, 20U, 30U}) file.put(key, at(revision));
    EXPECT_EQ(found(100, 100), 30U);
    EXPECT_EQ(found(29, 100), 20U);
    EXPECT_EQ(found(100, 39), 10U);
    EXPECT_EQ(found(9, 100), std::nullopt);
    EXPECT_EQ(found(~0ULL, ~0ULL), 30U);
}

TEST_F(SnapshotFileTest, tells_entities_states_and_code_apart) {
    file.put(key, at(10));
    EXPECT_EQ(found(100, 100, {"Counter", "counter-b", "f1"}), std::nullopt);
    EXPECT_EQ(found(100, 100, {"Other", "counter-a", "f1"}), std::nullopt);
    EXPECT_EQ(found(100, 100, {"Counter", "counter-a", "f2"}), std::nullopt);
    file.put({"Counter", "counter-a", "f2"}, at(5));
    EXPECT_EQ(found(100, 100), std::nullopt) << "what other code has made goes";
    file.drop(key);
    EXPECT_EQ(found(100, 100, {"Counter", "counter-a", "f2"}), std::nullopt);
}

TEST_F(SnapshotFileTest, notices_that_it_was_deleted_or_replaced) {
    EXPECT_FALSE(file.gone());
    std::filesystem::rename(folder.file("app.snapshots"), folder.file("elsewhere"));
    EXPECT_TRUE(file.gone());
    const SnapshotFile another{snapshots(folder.file("app.snapshots")), "store-1"};
    EXPECT_TRUE(file.gone());
    EXPECT_FALSE(another.gone());
}

TEST(SnapshotHistory, one_of_another_history_is_refused) {
    const TempFolder folder;
    Store store = open(folder.file("store")).value();
    counters::append(store, "a", 20);
    const std::string path = folder.file("app.snapshots");
    {
        const App app = counters::open_app(store, counters::always(path));
        EXPECT_EQ(app.load<counters::Counter>("a").value()->count, 20);
    }
    SqliteDatabase database(path, true);
    SqliteStatement row(database, "SELECT state, fingerprint, position FROM varve_snapshots");
    ASSERT_TRUE(row.step());
    const std::string state(row.text()), fingerprint(row.text());
    const Position position{static_cast<std::uint64_t>(row.integer())};
    row.reset();
    // As if the store had been taken back to a backup, and had gone on otherwise.
    SnapshotFile file{snapshots(path), store.info().value().id};
    file.put({state, "counter-a", fingerprint}, {Revision{19}, position, EventId::random(), R"({"sum":1,"count":1})"});
    const App app = counters::open_app(store, counters::always(path));
    EXPECT_EQ(app.load<counters::Counter>("a").value()->count, 20);
    EXPECT_EQ(app.snapshots()->refused, 1U);
    EXPECT_NE(app.snapshots()->error->message.find("is of another history"), std::string::npos);
}

}  // namespace
}  // namespace varve
