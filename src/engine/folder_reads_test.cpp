/// Compaction of a whole store: what is read does not change but for what is gone, also when the index is built anew.
#include "engine/folder_reads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "varve/operations.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

using Lines = std::vector<std::string>;

/// What a reader learns of a store's streams, in words.
using Streams = std::map<std::string, Lines>;

class CompactionTest : public ::testing::Test {
protected:
    CompactionTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-compact-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        open();
    }
    ~CompactionTest() override {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::string path() const { return (folder_ / "store").string(); }
    void open(bool read_only = false) {
        if (store_) (void)store_->close();
        store_.reset();
        auto store = varve::open(path(), {.read_only = read_only, .segment_bytes = 1 << 20});
        ASSERT_TRUE(store.ok()) << store.error();
        store_.emplace(*store);
    }
    void build_index_anew() {
        ASSERT_TRUE(store_->close());
        store_.reset();
        std::filesystem::remove_all(folder_ / "store" / "index");
        open();
    }

    static std::string stream_of(std::uint64_t number) {
        return (number % 2 == 0 ? "even-" : "odd-") + std::to_string(number);
    }
    /// A commit of a few events on a few streams; what has a tombstone refuses it.
    void append(std::mt19937_64& rolls) {
        Commit commit;
        for (std::uint64_t i = 0, events = 1 + rolls() % 4; i < events; ++i) {
            const std::string number = std::to_string(rolls() % 5);
            std::string data =
                "{\"n\":" + std::to_string(rolls()) + ",\"p\":\"" + std::string(rolls() % 400, 'x') + "\"}";
            commit.events.push_back({.stream = stream_of(rolls() % streams),
                                     .type = "T" + number,
                                     .data = std::move(data),
                                     .tags = {"tag:" + number}});
        }
        (void)store_->append(std::move(commit));
    }
    void change_settings(std::mt19937_64& rolls) {
        const std::string stream = stream_of(rolls() % streams);
        switch (rolls() % 5) {
            case 0: (void)store_->remove(stream); break;
            case 1: (void)store_->keep(stream, {.max_count = 1 + rolls() % 9}); break;
            case 2: (void)store_->keep(stream, {.truncate_before = Revision{rolls() % 40}}); break;
            case 3:
                if (rolls() % 4 == 0) (void)store_->tombstone(stream);
                break;
            default: (void)store_->keep(stream, {}); break;
        }
    }

    Lines read(const Selection& selection) {
        Lines seen;
        auto cursor = store_->read(selection);
        EXPECT_TRUE(cursor.ok());
        while (const Event* event = cursor->next()) {
            seen.push_back(std::to_string(event->position.value) + " " + std::string(event->stream) + "@" +
                           std::to_string(event->revision.value) + " " + std::string(event->data));
        }
        EXPECT_TRUE(cursor->status().ok()) << cursor->status().error();
        return seen;
    }
    Streams streams_now() {
        Streams all;
        for (std::uint64_t number = 0; number < streams; ++number) {
            const std::string name = stream_of(number);
            Lines& lines = all[name];
            lines = read({.source = Stream{name}});
            Lines backward = read({.source = Stream{name}, .direction = Direction::backward});
            std::ranges::reverse(backward);
            EXPECT_EQ(backward, lines);
            Lines later = read({.source = Stream{name}, .from = Position{store_->head().value / 2}});
            EXPECT_EQ(later, Lines(lines.end() - std::min(std::ssize(later), std::ssize(lines)), lines.end()));
            const StreamRetention standing = store_->retention(name).value();
            lines.push_back("state " + std::to_string(static_cast<int>(standing.state)));
            // Of a stream that has a tombstone nothing need be known any more.
            if (standing.state != StreamState::tombstoned)
                lines.push_back("last " + (standing.last ? std::to_string(standing.last->value) : "none"));
            if (standing.first) lines.push_back("first " + std::to_string(standing.first->value));
            lines.push_back("settings " + standing.settings);
        }
        Lines& listed = all["list"];
        for (const StreamInfo& info : store_->streams().value())
            listed.push_back(info.name + std::to_string(info.last.value));
        return all;
    }
    std::vector<Selection> wide_selections() {
        return {{.source = All{}},
                {.source = All{}, .direction = Direction::backward},
                {.source = Category{"even"}},
                {.source = Query{.items = {{.types = {"T1", "T2"}}, {.tags = {"tag:4"}}}}},
                {.source = Query{.items = {{.tags = {"tag:0"}}}}, .direction = Direction::backward}};
    }
    std::vector<Lines> wide() {
        std::vector<Lines> all;
        for (const Selection& selection : wide_selections()) all.push_back(read(selection));
        return all;
    }

    static constexpr std::uint64_t streams = 12;
    std::filesystem::path folder_;
    std::optional<Store> store_;
};

void expect_same(Streams now, const Streams& before) {
    for (const auto& [name, lines] : before) EXPECT_EQ(now[name], lines) << name;
}

/// What of `lines` is in `left`, in order.
Lines those_in(const Lines& lines, const Lines& left) {
    const std::set<std::string> there(left.begin(), left.end());
    Lines both;
    std::ranges::copy_if(lines, std::back_inserter(both),
                         [&](const std::string& line) { return there.contains(line); });
    return both;
}

TEST_F(CompactionTest, changes_nothing_that_streams_show) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937_64 rolls(seed);
        for (int round = 0; round < 4; ++round) {
            for (int i = 0; i < 60; ++i) {
                append(rolls);
                if (i % 10 == 9) change_settings(rolls);
            }
            const Streams before = streams_now();
            const auto wide_before = wide();
            const auto report = store_->compact();
            ASSERT_TRUE(report.ok()) << report.error();
            expect_same(streams_now(), before);
            const auto wide_after = wide();
            for (std::size_t i = 0; i < wide_before.size(); ++i)
                EXPECT_EQ(wide_after[i], those_in(wide_before[i], wide_after[0])) << i;
            std::size_t shown = 0;
            for (std::uint64_t number = 0; number < streams; ++number) {
                shown += read({.source = Stream{stream_of(number)}}).size();
                shown += read({.source = Stream{"$$" + stream_of(number)}}).size();
            }
            EXPECT_EQ(wide_after[0].size(), shown) << "nothing that is removed is left";
            EXPECT_EQ(store_->compact()->events, 0U);

            build_index_anew();
            expect_same(streams_now(), before);
            EXPECT_EQ(wide(), wide_after);
            open(true);
            expect_same(streams_now(), before);
            EXPECT_EQ(wide(), wide_after);
            open();
            const auto verified = verify(path());
            ASSERT_TRUE(verified.ok());
            EXPECT_FALSE(verified->damaged()) << verified->findings.front().what;
            if (HasFailure()) return;
        }
    }
}

TEST_F(CompactionTest, revisions_go_on_where_everything_is_gone) {
    for (int i = 0; i < 70; ++i)
        ASSERT_TRUE(store_->append(Commit{}.append("a", Expected::any(), {{.type = "T", .data = "1"}})));
    ASSERT_TRUE(store_->remove("a"));
    ASSERT_EQ(store_->compact()->events, 70U);
    build_index_anew();
    EXPECT_EQ(read({.source = Stream{"a"}}), Lines{});
    const auto receipt = store_->append(Commit{}.append("a", Expected::none(), {{.type = "T", .data = "2"}}));
    ASSERT_TRUE(receipt.ok()) << receipt.error();
    EXPECT_EQ(receipt->streams[0].last, Revision{70});
    EXPECT_EQ(store_->compact()->events, 1U) << "the place of the last one is not needed any more";
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(read({.source = Stream{"a"}}).size(), 1U);
        EXPECT_EQ(store_->retention("a")->first, Revision{70});
        build_index_anew();
    }
}

TEST_F(CompactionTest, a_stream_that_keeps_more_again_begins_at_what_is_left) {
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(store_->append(Commit{}.append("a", Expected::any(), {{.type = "T", .data = "1"}})));
    ASSERT_TRUE(store_->keep("a", {.max_count = 2}));
    ASSERT_EQ(store_->compact()->events, 3U);
    ASSERT_TRUE(store_->keep("a", {}));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(store_->retention("a")->first, Revision{3}) << "the first one that a read shows";
        build_index_anew();
    }
    ASSERT_TRUE(store_->remove("a"));
    ASSERT_EQ(store_->compact()->events, 4U) << "and two settings that count no more";
    ASSERT_TRUE(store_->keep("a", {.truncate_before = Revision{0}}));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(store_->retention("a")->first, std::nullopt) << "a read shows none";
        EXPECT_EQ(store_->retention("a")->last, Revision{4});
        build_index_anew();
    }
}

TEST_F(CompactionTest, a_command_is_known_though_its_events_are_gone) {
    Commit commit = Commit{}.append("a", Expected::any(), {{.type = "T", .data = "1"}, {.type = "T", .data = "2"}});
    commit.command_id = "order-17";
    const auto original = store_->append(commit);
    ASSERT_TRUE(original.ok());
    ASSERT_TRUE(store_->append(Commit{}.append("a", Expected::any(), {{.type = "T", .data = "3"}})));
    ASSERT_TRUE(store_->keep("a", {.max_count = 1}));
    ASSERT_EQ(store_->compact()->events, 2U);
    for (int i = 0; i < 2; ++i) {
        const auto repeat = store_->append(commit);
        ASSERT_TRUE(repeat.ok()) << repeat.error();
        EXPECT_TRUE(repeat->repeated);
        EXPECT_EQ(repeat->first, original->first);
        EXPECT_EQ(repeat->last, original->last);
        EXPECT_EQ(repeat->time, original->time);
        EXPECT_TRUE(repeat->streams.empty());
        open();
    }
}

TEST_F(CompactionTest, conditions_do_not_see_what_is_gone) {
    const Query query{.items = {{.types = {"Named"}, .tags = {"name:ada"}}}};
    const auto name = [&](const std::string& stream) {
        return store_->append(
            Commit{}.append(stream, Expected::any(), {{.type = "Named", .tags = {"name:ada"}}}).unless(query));
    };
    ASSERT_TRUE(name("user-1"));
    ASSERT_FALSE(name("user-2"));
    ASSERT_TRUE(store_->remove("user-1"));
    ASSERT_FALSE(name("user-2")) << "what is removed is seen until a compaction";
    ASSERT_EQ(store_->compact()->events, 1U);
    const auto after = name("user-2");
    ASSERT_TRUE(after.ok()) << after.error();
    ASSERT_FALSE(name("user-3")) << "and what is not goes on being seen";
    ASSERT_TRUE(store_->remove("user-2"));
    open();
    ASSERT_EQ(store_->compact()->events, 1U);
    ASSERT_TRUE(name("user-3"));
}

TEST_F(CompactionTest, beside_a_writer_only_a_dry_run) {
    ASSERT_TRUE(store_->append(Commit{}.append("a", Expected::any(), {{.type = "T", .data = "1"}})));
    ASSERT_TRUE(store_->append(Commit{}.append("a", Expected::any(), {{.type = "T", .data = "2"}})));
    ASSERT_TRUE(store_->keep("a", {.max_count = 1}));
    auto reader = varve::open(path(), {.read_only = true});
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader->compact({.dry_run = true})->events, 1U);
    EXPECT_EQ(reader->compact().error().code, Code::failed_precondition);
    EXPECT_EQ(store_->compact({.dry_run = true})->events, 1U);
    EXPECT_EQ(store_->compact()->events, 1U);
    ASSERT_TRUE(store_->close());
    EXPECT_EQ(store_->compact().error().code, Code::failed_precondition);
}

}  // namespace
}  // namespace varve::engine
