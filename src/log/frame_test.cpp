#include "log/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace varve::log {
namespace {

constexpr std::uint64_t salt = 0x1122334455667788;
constexpr std::uint64_t offset = 4096;

Block sample() {
    const Head head{
        .sequence = 4, .next = Position{9}, .time = Timestamp(std::chrono::microseconds(1000)), .chain = {}};
    return make_block(head, 2, Timestamp(std::chrono::microseconds(2000)), 3, 1, "payload of sixteen bytes");
}

std::string framed(const Block& block) {
    const FrameCodec codec(salt);
    const auto header = codec.header(block, 4, offset);
    const auto trailer = codec.trailer(block);
    return std::string(header.data(), header.size()) + std::string(block.payload) +
           std::string(trailer.data(), trailer.size());
}

TEST(Frame, gives_back_what_was_written) {
    const Block block = sample();
    const std::string frame = framed(block);
    const auto header = FrameCodec(salt).parse(frame, offset);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->bytes, frame.size());
    EXPECT_EQ(header->durable_sequence, 4U);
    EXPECT_EQ(header->block.head_after(), block.head_after());
    EXPECT_TRUE(FrameCodec(salt).payload_fits(*header, frame));
}

TEST(Frame, detects_every_flipped_bit) {
    std::string frame = framed(sample());
    for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
        frame[bit / 8] = static_cast<char>(frame[bit / 8] ^ (1 << (bit % 8)));
        const auto header = FrameCodec(salt).parse(frame, offset);
        EXPECT_FALSE(header && FrameCodec(salt).payload_fits(*header, frame)) << "bit " << bit;
        frame[bit / 8] = static_cast<char>(frame[bit / 8] ^ (1 << (bit % 8)));
    }
}

TEST(Frame, is_bound_to_its_segment_and_offset) {
    const std::string frame = framed(sample());
    EXPECT_TRUE(FrameCodec(salt).parse(frame, offset));
    EXPECT_FALSE(FrameCodec(salt + 1).parse(frame, offset));
    EXPECT_FALSE(FrameCodec(salt).parse(frame, offset + 8));
}

TEST(Frame, never_validates_zeros) {
    const std::string zeros(4096, '\0');
    EXPECT_FALSE(FrameCodec(0).parse(zeros, 0));
    EXPECT_FALSE(FrameCodec::plausible(zeros));
}

TEST(Block, chain_covers_every_logical_field) {
    const Block block = sample();
    Block other = block;
    other.events++;
    EXPECT_NE(other.chain(), block.chain());
    other = block;
    other.epoch++;
    EXPECT_NE(other.chain(), block.chain());
    other = block;
    other.payload_hash.bytes[15] ^= 1;
    EXPECT_NE(other.chain(), block.chain());
    other = block;
    other.previous_chain.bytes[0] ^= 1;
    EXPECT_NE(other.chain(), block.chain());
}

}  // namespace
}  // namespace varve::log
