#include "log/store_file.hpp"

#include "log/little_endian.hpp"
#include "log/test_support.hpp"

namespace varve::log {
namespace {

StoreId id_of(std::uint8_t number) {
    StoreId id{};
    id[0] = number;
    return id;
}

std::string_view view(const StoreState::Bytes& bytes) {
    return {bytes.data(), bytes.size()};
}

TEST(StoreFile, ancestors_are_read_back) {
    StoreState state{.id = id_of(9), .checkpoint = {}};
    for (std::size_t i = 0; i < ancestors_max; ++i) {
        state.ancestors.push_back(
            {.id = id_of(static_cast<std::uint8_t>(i)), .below = Position{10 * i}, .at = Position{10 * i + 3}});
    }
    const auto bytes = state.encode();
    const auto read = StoreState::parse(view(bytes));
    ASSERT_TRUE(read.ok()) << read.error();
    EXPECT_EQ(read->ancestors, state.ancestors);
}

TEST(StoreFile, more_ancestors_than_there_can_be_are_damage) {
    auto bytes = StoreState{.id = id_of(9), .checkpoint = {}}.encode();
    store(bytes.data() + 128, static_cast<std::uint32_t>(ancestors_max + 1));
    store(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    EXPECT_EQ(StoreState::parse(view(bytes)).error().code, Code::data_loss);
}

TEST(StoreFile, only_a_store_that_shares_files_needs_a_reader_that_knows_of_it) {
    StoreState state{.id = id_of(9), .checkpoint = {}};
    const auto incompatible = [&] { return load<std::uint32_t>(state.encode().data() + 48); };
    EXPECT_EQ(incompatible(), 0U);
    state.ancestors = {{.id = id_of(1), .below = Position{0}, .at = Position{5}}};
    EXPECT_EQ(incompatible(), 0U);
    state.ancestors.push_back({.id = id_of(2), .below = Position{7}, .at = Position{9}});
    EXPECT_EQ(incompatible(), 1U);
    auto bytes = state.encode();
    store(bytes.data() + 48, std::uint32_t{3});
    store(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    EXPECT_EQ(StoreState::parse(view(bytes)).error().code, Code::failed_precondition);
}

TEST(StoreFile, every_segment_has_one_owner) {
    StoreState state{.id = id_of(9), .checkpoint = {}};
    EXPECT_EQ(state.owner_of(Position{0}), id_of(9));
    state.ancestors = {{.id = id_of(1), .below = Position{10}, .at = Position{12}},
                       {.id = id_of(2), .below = Position{20}, .at = Position{20}}};
    EXPECT_EQ(state.owner_of(Position{0}), id_of(1));
    EXPECT_EQ(state.owner_of(Position{9}), id_of(1));
    EXPECT_EQ(state.owner_of(Position{10}), id_of(2));
    EXPECT_EQ(state.owner_of(Position{19}), id_of(2));
    EXPECT_EQ(state.owner_of(Position{20}), id_of(9));
}

}  // namespace
}  // namespace varve::log
