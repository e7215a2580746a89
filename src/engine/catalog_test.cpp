#include "engine/catalog.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace varve::engine {
namespace {

/// A catalog over the memory index, and a history of events (position = place in the list) of which some are indexed.
constexpr const char* type = "T";
constexpr const char* packed = "\1x";
const std::vector<std::string> tags = {"x"};

class CatalogTest : public ::testing::Test {
protected:
    void append(const std::string& stream) {
        const auto head = catalog_.head(stream).value();
        const Revision revision = head.last ? *head.last + 1 : Revision{0};
        streams_.push_back(stream);
        revisions_.push_back(revision);
        catalog_.table().add(stream, revision, Position{streams_.size() - 1}, 1);
        TermUses terms;
        terms.add(stream, type, tags);
        catalog_.terms().add(terms, Position{streams_.size() - 1});
    }
    void index_all() {
        std::vector<index::Entry> entries;
        for (std::size_t i = catalog_.watermark().value; i < streams_.size(); ++i) {
            entries.push_back({.position = Position{i},
                               .revision = revisions_[i],
                               .stream = streams_[i],
                               .type = type,
                               .tags = Tags(packed)});
        }
        catalog_.apply(entries, {.next = Position{streams_.size()}, .sequence = 1, .chain = {}, .store_id = "id"})
            .value();
    }

    Catalog catalog_{index::memory_index(), Position{0}, 1 << 10};
    std::vector<std::string> streams_;
    std::vector<Revision> revisions_;
};

TEST_F(CatalogTest, PositionsComeFromIndexAndTailAlike) {
    for (int i = 0; i < 5; ++i) append("s"), append("t");
    index_all();
    for (int i = 0; i < 5; ++i) append("s"), append("t");

    std::vector<Position> expected;
    for (std::uint64_t i = 0; i < 20; i += 2) expected.push_back(Position{i});
    for (std::uint64_t from = 0; from < 12; ++from) {
        for (std::uint64_t count = 0; count < 12; ++count) {
            const std::vector<Position> part(
                expected.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(from, 10)),
                expected.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(from + count, 10)));
            EXPECT_EQ(*catalog_.stream_positions("s", Revision{from}, count), part) << from << " " << count;
        }
    }
}

TEST_F(CatalogTest, FindsTheRevisionAtOrAfterAPosition) {
    for (int i = 0; i < 100; ++i) append("s"), append("t"), append("t");
    index_all();
    for (int i = 0; i < 100; ++i) append("s"), append("t"), append("t");

    const StreamHead head = catalog_.head("s").value();
    for (std::uint64_t position = 0; position < 605; ++position) {
        EXPECT_EQ(*catalog_.revision_at_or_after("s", head, Position{position}),
                  Revision{std::min<std::uint64_t>((position + 2) / 3, 200)})
            << position;
    }
    EXPECT_EQ(*catalog_.revision_at_or_after("nobody", catalog_.head("nobody").value(), Position{3}), Revision{0});
}

TEST_F(CatalogTest, PositionsOfATermComeFromIndexAndTailAlike) {
    append("a-1"), append("b-1"), append("a-2");
    index_all();
    append("b-1"), append("a-1");
    using Numbers = std::vector<Position>;
    const auto at = [](std::initializer_list<std::uint64_t> numbers) {
        Numbers positions;
        for (const std::uint64_t number : numbers) positions.emplace_back(number);
        return positions;
    };
    const HashedTerm category(index::Term{index::TermKind::category, "a"});
    EXPECT_EQ(*catalog_.term_positions_from(category, Position{0}, 10), at({0, 2, 4}));
    EXPECT_EQ(*catalog_.term_positions_from(category, Position{1}, 2), at({2, 4}));
    EXPECT_EQ(*catalog_.term_positions_from(category, Position{0}, 2), at({0, 2}));
    EXPECT_EQ(*catalog_.term_positions_from(category, Position{3}, 2), at({4}));
    EXPECT_EQ(*catalog_.term_positions_until(category, Position{9}, 10), at({4, 2, 0}));
    EXPECT_EQ(*catalog_.term_positions_until(category, Position{3}, 1), at({2}));
    EXPECT_EQ(*catalog_.term_positions_until(category, Position{4}, 2), at({4, 2}));
    for (const index::Term& every : {index::Term{index::TermKind::type, type}, {index::TermKind::tag, "x"}}) {
        EXPECT_EQ(*catalog_.term_positions_from(HashedTerm(every), Position{1}, 10), at({1, 2, 3, 4}));
    }
    EXPECT_TRUE(catalog_.term_positions_from(HashedTerm({index::TermKind::tag, "a"}), Position{0}, 10)->empty());
}

TEST_F(CatalogTest, ListsStreamsOfIndexAndTableOnceInOrder) {
    append("b"), append("a");
    index_all();
    append("c"), append("a");
    const auto streams = catalog_.streams("", "", 10, Position{4}).value();
    ASSERT_EQ(streams.size(), 3U);
    EXPECT_EQ(streams[0], (StreamInfo{.name = "a", .last = Revision{1}, .last_position = Position{3}}));
    EXPECT_EQ(streams[1].name, "b");
    EXPECT_EQ(streams[2].name, "c");
    EXPECT_EQ(catalog_.streams("", "", 10, Position{2}).value()[0].last, Revision{0}) << "not committed yet";
    EXPECT_EQ(catalog_.streams("", "a", 1, Position{4}).value()[0].name, "b");
}

TEST_F(CatalogTest, AfterCloseTheIndexIsGone) {
    append("s");
    index_all();
    const auto nothing = []() -> Result<std::unique_ptr<index::Index>> {
        ADD_FAILURE() << "nobody asks on, so there is nothing to open";
        return index::memory_index();
    };
    catalog_.close(nothing).value();
    EXPECT_EQ(catalog_.head("another").error().code, Code::failed_precondition);
    EXPECT_TRUE(catalog_.close(nothing).ok()) << "closing again is fine";
}

TEST_F(CatalogTest, AWalkFindsTheIndexOpenedAgainAfterClose) {
    const auto catalog = std::make_shared<Catalog>(index::memory_index(), Position{0}, 1 << 10);
    const std::vector<index::Entry> entries = {{.position = Position{0}, .revision = Revision{0}, .stream = "s"}};
    const index::Watermark watermark{.next = Position{1}, .sequence = 1, .chain = {}, .store_id = "id"};
    catalog->apply(entries, watermark).value();
    const Catalog::Walk walk(catalog);
    const auto again = [&]() -> Result<std::unique_ptr<index::Index>> {
        auto index = index::memory_index();
        index->apply(entries, watermark).value();
        return index;
    };
    catalog->close(again).value();
    EXPECT_EQ(*walk->stream_positions("s", Revision{0}, 1), std::vector{Position{0}});
}

}  // namespace
}  // namespace varve::engine
