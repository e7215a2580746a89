// One suite for both twins; what only the disk can do is in rocksdb_index_test.cpp.
#include "index/index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <random>

#include "varve/event.hpp"

namespace varve::index {
namespace {

struct Twin {
    std::string name;
    std::function<std::unique_ptr<Index>(const std::string& folder)> make;
};

class IndexTwins : public ::testing::TestWithParam<Twin> {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "varve-index-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        index_ = GetParam().make(folder_ + "/index");
        ASSERT_NE(index_, nullptr);
    }
    void TearDown() override {
        index_.reset();
        std::filesystem::remove_all(folder_);
    }

    /// Adds events of these streams after the others, as one batch.
    void add(const std::vector<std::string>& streams) {
        std::vector<Entry> entries;
        for (const std::string& stream : streams) {
            auto& positions = expected_[stream];
            entries.push_back({.position = next_, .revision = Revision{positions.size()}, .stream = stream});
            positions.push_back(next_);
            ++next_;
        }
        const auto applied = index_->apply(entries, mark(next_));
        ASSERT_TRUE(applied) << applied;
    }
    static Watermark mark(Position next) {
        return {.next = next, .sequence = next.value * 2, .chain = {{7}}, .store_id = "id"};
    }

    [[nodiscard]] std::vector<Position> stream_positions(std::string_view name, std::uint64_t from = 0,
                                                         std::uint64_t count = 1'000'000) const {
        std::vector<Position> into;
        const auto read = index_->stream_positions(name, Revision{from}, count, into);
        EXPECT_TRUE(read) << read;
        return into;
    }
    [[nodiscard]] std::vector<Position> ascending(std::string_view category, std::uint64_t from,
                                                  std::uint64_t count) const {
        return ascending({TermKind::category, category}, from, count);
    }
    [[nodiscard]] std::vector<Position> ascending(const Term& term, std::uint64_t from, std::uint64_t count) const {
        std::vector<Position> into;
        const auto read = index_->term_positions_from(term, Position{from}, count, into);
        EXPECT_TRUE(read) << read;
        return into;
    }
    [[nodiscard]] std::vector<Position> descending(std::string_view category, std::uint64_t until,
                                                   std::uint64_t count) const {
        return descending({TermKind::category, category}, until, count);
    }
    [[nodiscard]] std::vector<Position> descending(const Term& term, std::uint64_t until, std::uint64_t count) const {
        std::vector<Position> into;
        const auto read = index_->term_positions_until(term, Position{until}, count, into);
        EXPECT_TRUE(read) << read;
        return into;
    }
    [[nodiscard]] std::vector<std::string> names(std::string_view prefix, std::string_view after,
                                                 std::size_t limit) const {
        std::vector<std::string> found;
        for (const StreamInfo& stream : index_->streams(prefix, after, limit).value()) found.push_back(stream.name);
        return found;
    }
    [[nodiscard]] std::vector<Position> brute_force(std::string_view category) const {
        std::vector<Position> all;
        for (const auto& [stream, positions] : expected_) {
            if (category_of(stream) == category) all.insert(all.end(), positions.begin(), positions.end());
        }
        std::sort(all.begin(), all.end());
        return all;
    }

    std::string folder_;
    std::unique_ptr<Index> index_;
    std::map<std::string, std::vector<Position>> expected_;
    Position next_;
};

std::unique_ptr<Index> on_disk(const std::string& folder) {
    auto opened = open_rocksdb_index({.folder = folder});
    EXPECT_TRUE(opened) << opened.error();
    return opened ? std::move(*opened) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(twins, IndexTwins,
                         ::testing::Values(Twin{"memory", [](const std::string&) { return memory_index(); }},
                                           Twin{"rocksdb", on_disk}),
                         [](const auto& tested) { return tested.param.name; });

constexpr std::uint64_t far = std::numeric_limits<std::uint64_t>::max();

TEST_P(IndexTwins, an_empty_index_knows_nothing) {
    EXPECT_EQ(index_->watermark().value(), Watermark{});
    EXPECT_FALSE(index_->stream("a-1").value());
    EXPECT_TRUE(stream_positions("a-1").empty());
    EXPECT_TRUE(ascending("a", 0, 10).empty());
    EXPECT_TRUE(descending("a", far, 10).empty());
    EXPECT_TRUE(names("", "", 10).empty());
}

TEST_P(IndexTwins, apply_moves_the_watermark_and_the_heads) {
    add({"a-1", "b-1", "a-1"});
    EXPECT_EQ(index_->watermark().value(), mark(Position{3}));
    EXPECT_EQ(index_->stream("a-1").value(), (StreamInfo{"a-1", Revision{1}, Position{2}}));
    EXPECT_EQ(index_->stream("b-1").value(), (StreamInfo{"b-1", Revision{0}, Position{1}}));
    EXPECT_FALSE(index_->stream("a").value());
    add({"a-1"});
    EXPECT_EQ(index_->stream("a-1").value(), (StreamInfo{"a-1", Revision{2}, Position{3}}));
}

TEST_P(IndexTwins, an_empty_batch_moves_the_watermark_alone) {
    ASSERT_TRUE(index_->apply({}, mark(Position{0})));
    EXPECT_EQ(index_->watermark().value(), mark(Position{0}));
}

TEST_P(IndexTwins, a_batch_out_of_place_is_refused_and_changes_nothing) {
    add({"a-1", "a-1"});
    const Entry again{.position = Position{1}, .revision = Revision{1}, .stream = "a-1"};
    EXPECT_EQ(index_->apply({&again, 1}, mark(Position{3})).error().code, Code::internal);
    EXPECT_EQ(index_->apply({}, mark(Position{1})).error().code, Code::internal);
    const Entry beyond{.position = Position{2}, .revision = Revision{2}, .stream = "a-1"};
    EXPECT_EQ(index_->apply({&beyond, 1}, mark(Position{2})).error().code, Code::internal);
    EXPECT_EQ(index_->watermark().value(), mark(Position{2}));
    EXPECT_EQ(stream_positions("a-1"), expected_["a-1"]);
}

TEST_P(IndexTwins, streams_across_chunk_borders) {
    for (int batch = 0; batch < 50; ++batch) add(std::vector<std::string>(7, "s-1"));
    const auto& all = expected_["s-1"];
    EXPECT_EQ(stream_positions("s-1"), all);
    for (const std::uint64_t from : {0U, 1U, 62U, 63U, 64U, 65U, 127U, 128U, 300U, 349U, 350U, 1000U}) {
        for (const std::uint64_t count : {0U, 1U, 2U, 63U, 64U, 65U, 130U}) {
            const auto begin = std::min<std::size_t>(from, all.size());
            const auto end = std::min<std::size_t>(from + count, all.size());
            const std::vector<Position> want(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                             all.begin() + static_cast<std::ptrdiff_t>(end));
            EXPECT_EQ(stream_positions("s-1", from, count), want) << from << " + " << count;
        }
    }
    EXPECT_TRUE(stream_positions("s-1", far, far).empty());
}

TEST_P(IndexTwins, names_that_begin_alike_are_kept_apart) {
    add({"a", "a-", "a-1", "a-10", "ab-1", "-", "-a", "\xc3\xa9-1", "a-1"});
    for (const auto& [stream, positions] : expected_) EXPECT_EQ(stream_positions(stream), positions) << stream;
    for (const char* category : {"a", "ab", "", "\xc3\xa9", "zz"}) {
        EXPECT_EQ(ascending(category, 0, 100), brute_force(category)) << category;
    }
}

TEST_P(IndexTwins, streams_are_listed_in_byte_order_page_by_page) {
    add({"b-2", "a-1", "b-10", "b", "c-1", "\xc3\xa9-1", "b-2"});
    EXPECT_EQ(names("", "", 100), (std::vector<std::string>{"a-1", "b", "b-10", "b-2", "c-1", "\xc3\xa9-1"}));
    EXPECT_EQ(names("b", "", 100), (std::vector<std::string>{"b", "b-10", "b-2"}));
    EXPECT_EQ(names("b", "b", 1), (std::vector<std::string>{"b-10"}));
    EXPECT_EQ(names("b", "b-10", 5), (std::vector<std::string>{"b-2"}));
    EXPECT_EQ(names("b", "a", 2), (std::vector<std::string>{"b", "b-10"}));
    EXPECT_TRUE(names("b", "b-2", 5).empty());
    EXPECT_TRUE(names("b", "c", 5).empty());
    EXPECT_TRUE(names("", "", 0).empty());
    EXPECT_EQ(index_->streams("b-2", "", 1).value().front(), (StreamInfo{"b-2", Revision{1}, Position{6}}));
}

TEST_P(IndexTwins, terms_of_different_kinds_and_alike_names_are_kept_apart) {
    // Position 0 and 2 are of type "a", 1 of type "ab"; tags are packed as one length byte and the name.
    const std::vector<Entry> entries = {
        {.position = Position{0}, .revision = Revision{0}, .stream = "b-1", .type = "a", .tags = Tags("\1b\2ab")},
        {.position = Position{1}, .revision = Revision{1}, .stream = "b-1", .type = "ab", .tags = {}},
        {.position = Position{2}, .revision = Revision{0}, .stream = "a-1", .type = "a", .tags = Tags("\1a\1b")}};
    ASSERT_TRUE(index_->apply(entries, mark(Position{3})));
    ASSERT_TRUE(index_->flush());
    const auto numbers = [this](TermKind kind, std::string_view name) {
        std::vector<std::uint64_t> found;
        for (const Position position : ascending({kind, name}, 0, 9)) found.push_back(position.value);
        auto back = descending({kind, name}, far, 9);
        std::reverse(back.begin(), back.end());
        EXPECT_EQ(back, ascending({kind, name}, 0, 9)) << name;
        return found;
    };
    using Numbers = std::vector<std::uint64_t>;
    EXPECT_EQ(numbers(TermKind::category, "a"), Numbers{2});
    EXPECT_EQ(numbers(TermKind::category, "b"), (Numbers{0, 1}));
    EXPECT_EQ(numbers(TermKind::type, "a"), (Numbers{0, 2}));
    EXPECT_EQ(numbers(TermKind::type, "ab"), Numbers{1});
    EXPECT_EQ(numbers(TermKind::type, "b"), Numbers{});
    EXPECT_EQ(numbers(TermKind::tag, "a"), Numbers{2});
    EXPECT_EQ(numbers(TermKind::tag, "b"), (Numbers{0, 2}));
    EXPECT_EQ(numbers(TermKind::tag, "ab"), Numbers{0});
    EXPECT_EQ(numbers(TermKind::tag, "aa"), Numbers{});
    EXPECT_EQ(numbers(TermKind::tag, ""), Numbers{});
}

TEST_P(IndexTwins, agrees_with_brute_force_on_a_random_history) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t n) { return random() % n; };
    for (int batch = 0; batch < 60; ++batch) {
        std::vector<std::string> streams(below(400));
        for (auto& stream : streams) {
            // The square makes some streams hot and long.
            const auto number = below(40) * below(40);
            stream = std::string(1, static_cast<char>('a' + number % 3)) + "-" + std::to_string(number);
        }
        add(streams);
    }
    for (const auto& [stream, positions] : expected_) EXPECT_EQ(stream_positions(stream), positions) << stream;
    for (const char* category : {"a", "b", "c"}) {
        const auto all = brute_force(category);
        for (int question = 0; question < 60; ++question) {
            const std::uint64_t place = below(next_.value + 100);
            const std::uint64_t count = below(2) == 0 ? below(20) : below(10'000);
            std::vector<Position> up(std::lower_bound(all.begin(), all.end(), Position{place}), all.end());
            std::vector<Position> down(all.begin(), std::upper_bound(all.begin(), all.end(), Position{place}));
            std::reverse(down.begin(), down.end());
            up.resize(std::min<std::size_t>(up.size(), count));
            down.resize(std::min<std::size_t>(down.size(), count));
            EXPECT_EQ(ascending(category, place, count), up) << category << " from " << place << " count " << count;
            EXPECT_EQ(descending(category, place, count), down) << category << " until " << place << " count " << count;
        }
    }
}

}  // namespace
}  // namespace varve::index
